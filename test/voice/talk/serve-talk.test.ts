import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTalkPage } from '../../../scripts/build-web.ts';
import { getTalk, getTalkAsset } from '../../../shared/voice/talk/serve-talk.ts';
import { bundledTalkAssets } from '../../../shared/voice/talk/talk-assets.ts';
import { httpLambda } from '../../http/support/api-lambda.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talk-'));
  await buildTalkPage(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const get = async (asset?: string) => {
  const deps = {
    env: { WEBSOCKET_URL: 'wss://abc.execute-api.us-east-1.amazonaws.com/live' },
    assets: bundledTalkAssets(folder),
    runtimeOrigin: 'https://bedrock-agentcore.us-east-1.amazonaws.com',
  };
  const { statusCode, headers, body } = await httpLambda({ getTalk: getTalk(deps), getTalkAsset: getTalkAsset(deps) })({
    routeKey: asset === undefined ? 'GET /talk' : 'GET /talk/{asset}',
    rawPath: '/talk',
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: { requestId: 'r', domainName: 'host' },
    ...(asset === undefined ? {} : { pathParameters: { asset } }),
  });
  return { statusCode, headers: headers ?? {}, text: Buffer.from(body ?? '', 'base64').toString() };
};

test('the page lets in its own scripts only, and talks to its own service only', async () => {
  const { statusCode, headers, text } = await get();
  expect({ statusCode, headers }).toEqual({
    statusCode: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' wss://abc.execute-api.us-east-1.amazonaws.com wss://bedrock-agentcore.us-east-1.amazonaws.com; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'r',
    },
  });
  expect(text.match(/\/talk\/[\w.]+\?v=[0-9a-f]{12}/g)).toHaveLength(2);
  expect(text.match(/<script(?![^>]*src=)|\sstyle=|\son\w+=|%VERSION%/)).toBeNull();
});

test('its parts may be kept for good, and there are no others', async () => {
  const parts = await Promise.all(
    ['talk.js', 'talk.css', 'capture.js', 'playback.js', 'talk.html', 'index.mjs'].map(get),
  );
  expect(parts.map(({ statusCode, headers }) => [statusCode, headers['content-type']])).toEqual([
    [200, 'text/javascript; charset=utf-8'],
    [200, 'text/css; charset=utf-8'],
    [200, 'text/javascript; charset=utf-8'],
    [200, 'text/javascript; charset=utf-8'],
    [404, 'application/problem+json'],
    [404, 'application/problem+json'],
  ]);
  expect(parts[0]?.headers['cache-control']).toBe('public, max-age=31536000, immutable');
});
