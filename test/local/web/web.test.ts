import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGE_OF_PATH } from '../../../infra/web/page-of-path.ts';
import type { JsonObject } from '../../../local/core/service.ts';
import { makeWeb, type WebAnswer } from '../../../local/web/index.ts';
import { withoutTlsOnLoopback, withStandIns } from '../../../local/web/stand-ins.ts';

const ENDPOINT = 'http://127.0.0.1:4001';
const folder = mkdtempSync(join(tmpdir(), 'oratio-web-'));
const web = makeWeb({ endpointUrl: () => ENDPOINT, apiUrl: () => 'http://127.0.0.1:4000' });
const standing: Record<string, { ref: string; attributes: Record<string, string> }> = {};

const declare = async (type: string, logicalId: string, properties: JsonObject): Promise<void> => {
  const provider = web.providers.find((one) => one.type === type);
  if (!provider) throw new Error(`nobody makes ${type}`);
  const assetPath = (_bucket: string, key: string) => join(folder, key);
  const resource = { stackName: 'Test', logicalId, physicalName: `Test-${logicalId}`, type, properties, assetPath };
  standing[logicalId] = await provider.ensure(resource);
};
const deployed = (key: string, more: JsonObject): JsonObject => ({
  SourceBucketNames: ['assets'],
  SourceObjectKeys: [key],
  DestinationBucketName: 'site',
  ...more,
});

beforeAll(async () => {
  mkdirSync(join(folder, 'page'));
  mkdirSync(join(folder, 'chunks'));
  writeFileSync(join(folder, 'page/index.html'), '<h1>Oratio</h1>');
  writeFileSync(join(folder, 'page/config.json'), '{"signIn":"https://<<marker:0>>.auth.us-east-1.amazoncognito.com"}');
  writeFileSync(join(folder, 'chunks/main-abc.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'not deployed');
  await declare('AWS::CloudFront::Function', 'PageOfPath', { FunctionCode: PAGE_OF_PATH });
  await declare('AWS::CloudFront::ResponseHeadersPolicy', 'Headers', {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: {
        ContentSecurityPolicy: {
          ContentSecurityPolicy: 'connect-src https://files.s3.us-east-1.amazonaws.com',
          Override: true,
        },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
      },
    },
  });
  const files = { TargetOriginId: 'files', ResponseHeadersPolicyId: standing.Headers?.ref ?? '', Compress: true };
  await declare('AWS::CloudFront::Distribution', 'Distribution', {
    DistributionConfig: {
      Origins: [
        { Id: 'files', DomainName: 'site.s3.us-east-1.amazonaws.com', S3OriginConfig: {} },
        { Id: 'api', DomainName: 'api.example.com', CustomOriginConfig: {} },
      ],
      CacheBehaviors: [
        { ...files, PathPattern: '/assets/*' },
        { TargetOriginId: 'api', PathPattern: '/api/*' },
      ],
      DefaultCacheBehavior: {
        ...files,
        FunctionAssociations: [
          { EventType: 'viewer-request', FunctionARN: standing.PageOfPath?.attributes.FunctionARN ?? '' },
        ],
      },
    },
  });
  await declare('Custom::CDKBucketDeployment', 'Assets', {
    ...deployed('chunks', { DestinationBucketKeyPrefix: 'assets' }),
    SystemMetadata: { 'cache-control': 'immutable' },
  });
  await declare(
    'Custom::CDKBucketDeployment',
    'Page',
    deployed('page', { SourceMarkers: [{ '<<marker:0>>': 'pool' }] }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = (path: string, acceptEncoding = ''): WebAnswer | undefined =>
  web.answer({ method: 'GET', path, acceptEncoding });
const seen = (path: string) => {
  const answer = get(path);
  return answer && [answer.status, answer.headers['content-type'], answer.body.toString()];
};

test('files are what they are, every other address is the page, a missing chunk is none, and the API answers for itself', () => {
  const page = [200, 'text/html; charset=utf-8', '<h1>Oratio</h1>'];
  expect(
    ['/', '/agents/1?x', '/assets/main-abc.js', '/config.json', '/api/v1/agents'].map((path) => seen(path)),
  ).toEqual([
    page,
    page,
    [200, 'text/javascript; charset=utf-8', 'export {};'],
    [200, 'application/json', `{"signIn":"${ENDPOINT}"}`],
    undefined,
  ]);
  expect(
    ['/assets/gone.js', '/assets/../secret.txt', '/assets/%2e%2e/secret.txt'].map((path) => get(path)?.status),
  ).toEqual([403, 403, 403]);
  expect(web.answer({ method: 'POST', path: '/', acceptEncoding: '' })?.status).toBe(403);
});

test('answers carry the headers of the template, and are small for whoever can read them so', () => {
  const answer = get('/assets/main-abc.js', 'gzip, deflate, br');
  expect(answer?.headers).toEqual({
    'content-security-policy': `connect-src ${ENDPOINT}`,
    'strict-transport-security': 'max-age=60; includeSubDomains',
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'br',
    vary: 'Accept-Encoding',
    'cache-control': 'immutable',
  });
  expect(brotliDecompressSync(answer?.body ?? Buffer.alloc(0)).toString()).toBe('export {};');
  expect(standing.Distribution?.attributes.DomainName).toBe('127.0.0.1:4000');
});

test('hosts of AWS are told by where they are on this machine, others as they are', () => {
  expect(
    withStandIns(
      'wss://bedrock-agentcore.us-east-1.amazonaws.com https://cognito-idp.us-east-1.amazonaws.com/p {"https://cognito-idp.us-east-1.amazonaws.com"}',
      ENDPOINT,
    ),
  ).toBe(`ws://127.0.0.1:4001 https://cognito-idp.us-east-1.amazonaws.com/p {"${ENDPOINT}"}`);
  expect(['https://127.0.0.1:4000/signed-in', 'https://127.0.0.1.example/x'].map(withoutTlsOnLoopback)).toEqual([
    'http://127.0.0.1:4000/signed-in',
    'https://127.0.0.1.example/x',
  ]);
});
