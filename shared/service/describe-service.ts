import * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { ServiceAssets } from './service-assets.ts';

export const DescribeServiceEnv = z.object({ STAGE: text, COMMIT: text });

export interface DescribeServiceDeps {
  readonly env: z.output<typeof DescribeServiceEnv>;
  readonly assets: ServiceAssets;
}

/** Assets are rebuilt with each deployment; an hour is short enough to follow it. */
const CACHED = { 'cache-control': 'public, max-age=3600' };
/** The page runs its own script and talks to its own origin, nothing else. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'";

export const getHealth = () => async (): Promise<ApiAnswer> => ({ status: 200, body: { status: 'ok' } });

export const getVersion =
  ({ env }: Pick<DescribeServiceDeps, 'env'>) =>
  async (): Promise<ApiAnswer> => ({ status: 200, body: { service: 'oratio', stage: env.STAGE, commit: env.COMMIT } });

/** The OpenAPI document, its first server being the address the client used. */
export const getOpenApi =
  ({ assets }: Pick<DescribeServiceDeps, 'assets'>) =>
  async ({ origin }: RequestOf<'getOpenApi'>): Promise<ApiAnswer> => {
    const document = JSON.parse((await assets.read('openapi.json')).content.toString('utf8')) as object;
    return {
      status: 200,
      headers: CACHED,
      body: { ...document, servers: [{ url: origin, description: 'This stage' }] },
    };
  };

export const getDocs =
  ({ assets }: Pick<DescribeServiceDeps, 'assets'>) =>
  async (): Promise<ApiAnswer> => {
    const { content, contentType } = await assets.read('docs.html');
    const headers = { ...CACHED, 'content-security-policy': PAGE_POLICY };
    return { status: 200, headers, raw: { content, contentType } };
  };

/** The script of the docs page, stored and sent compressed: as it is, it would not fit into a Lambda's answer. */
export const getDocsAsset =
  ({ assets }: Pick<DescribeServiceDeps, 'assets'>) =>
  async ({ params }: RequestOf<'getDocsAsset'>): Promise<ApiAnswer> => {
    if (params.asset !== 'scalar.js') throw problem('not-found', 'There is no such part of the documentation.');
    const { content, contentType } = await assets.read('scalar.js.gz');
    return { status: 200, headers: { ...CACHED, 'content-encoding': 'gzip' }, raw: { content, contentType } };
  };
