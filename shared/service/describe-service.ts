import * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { ServiceAssets } from './service-assets.ts';

export const DescribeServiceEnv = z.object({
  STAGE: text,
  COMMIT: text,
  /** `wss://…/live`, as callers reach it. */
  WEBSOCKET_URL: text,
});

export interface DescribeServiceDeps {
  readonly env: z.output<typeof DescribeServiceEnv>;
  readonly assets: ServiceAssets;
}

/** Assets are rebuilt with each deployment; an hour is short enough to follow it. */
const CACHED = { 'cache-control': 'public, max-age=3600' };
/** The page runs its own script and talks to its own origin, nothing else. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'";

const getHealth = () => async (): Promise<ApiAnswer> => ({ status: 200, body: { status: 'ok' } });

const getVersion =
  ({ env }: Pick<DescribeServiceDeps, 'env'>) =>
  async (): Promise<ApiAnswer> => ({ status: 200, body: { service: 'oratio', stage: env.STAGE, commit: env.COMMIT } });

/** The OpenAPI document, its first server being the address the client used. */
const getOpenApi =
  ({ assets }: Pick<DescribeServiceDeps, 'assets'>) =>
  async ({ origin }: RequestOf<'getOpenApi'>): Promise<ApiAnswer> => {
    const document = JSON.parse((await assets.read('openapi.json')).content.toString('utf8')) as object;
    return {
      status: 200,
      headers: CACHED,
      body: { ...document, servers: [{ url: origin, description: 'This stage' }] },
    };
  };

interface AsyncApi {
  readonly servers: { readonly relay: object };
}

/** The AsyncAPI document, its relay being the stage's own WebSocket API. */
const getAsyncApi =
  ({ assets, env }: DescribeServiceDeps) =>
  async (): Promise<ApiAnswer> => {
    const document = JSON.parse((await assets.read('asyncapi.json')).content.toString('utf8')) as AsyncApi;
    const { host, pathname, protocol } = new URL(env.WEBSOCKET_URL);
    const relay = { ...document.servers.relay, host, pathname, protocol: protocol.slice(0, -1) };
    return { status: 200, headers: CACHED, body: { ...document, servers: { ...document.servers, relay } } };
  };

const page = async (assets: ServiceAssets, name: 'docs.html' | 'websocket.html'): Promise<ApiAnswer> => {
  const { content, contentType } = await assets.read(name);
  const headers = { ...CACHED, 'content-security-policy': PAGE_POLICY };
  return { status: 200, headers, raw: { content, contentType } };
};

const getDocs =
  ({ assets }: Pick<DescribeServiceDeps, 'assets'>) =>
  (): Promise<ApiAnswer> =>
    page(assets, 'docs.html');

/** The page about the WebSocket API, and the script of the docs page. The latter is stored and sent compressed: as it is, it would not fit into a Lambda's answer. */
const getDocsAsset =
  ({ assets }: Pick<DescribeServiceDeps, 'assets'>) =>
  async ({ params }: RequestOf<'getDocsAsset'>): Promise<ApiAnswer> => {
    if (params.asset === 'websocket') return page(assets, 'websocket.html');
    if (params.asset !== 'scalar.js') throw problem('not-found', 'There is no such part of the documentation.');
    const { content, contentType } = await assets.read('scalar.js.gz');
    return { status: 200, headers: { ...CACHED, 'content-encoding': 'gzip' }, raw: { content, contentType } };
  };

/** All that the function answers. */
export const describeService = (deps: DescribeServiceDeps) => ({
  getHealth: getHealth(),
  getVersion: getVersion(deps),
  getOpenApi: getOpenApi(deps),
  getAsyncApi: getAsyncApi(deps),
  getDocs: getDocs(deps),
  getDocsAsset: getDocsAsset(deps),
});
