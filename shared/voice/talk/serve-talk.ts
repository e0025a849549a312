import * as z from 'zod';
import type { RequestOf } from '../../http/http-lambda.ts';
import type { ApiAnswer } from '../../http/request.ts';
import { text } from '../../kernel/env.ts';
import { problem } from '../../kernel/problems.ts';
import { isTalkAsset, type TalkAssets } from './talk-assets.ts';

export const ServeTalkEnv = z.object({
  /** `wss://…/live` */
  WEBSOCKET_URL: text,
});

export interface ServeTalkDeps {
  readonly env: z.output<typeof ServeTalkEnv>;
  readonly assets: TalkAssets;
  /** Where the runtimes of agents are reached; `https://…` or, wherever that is what the SDK calls, `http://…`. */
  readonly runtimeOrigin: string;
}

/** The page names its parts with their version, so a copy never goes stale. */
const FOR_GOOD = { 'cache-control': 'public, max-age=31536000, immutable' };

/** The page, which asks for a microphone and therefore lets in nobody else's script, frame or address. */
export const getTalk =
  ({ env, assets, runtimeOrigin }: ServeTalkDeps) =>
  async (): Promise<ApiAnswer> => {
    const sockets = [env.WEBSOCKET_URL, runtimeOrigin].map(webSocketOrigin);
    const headers = {
      'cache-control': 'no-cache',
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ${sockets.join(' ')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    };
    return { status: 200, headers, raw: await assets.read('talk.html') };
  };

/** Scripts and style of the page. */
export const getTalkAsset =
  ({ assets }: Pick<ServeTalkDeps, 'assets'>) =>
  async ({ params }: RequestOf<'getTalkAsset'>): Promise<ApiAnswer> => {
    const { asset } = params;
    if (!isTalkAsset(asset) || asset === 'talk.html') throw problem('not-found', 'There is no such part of the page.');
    return {
      status: 200,
      headers: { ...FOR_GOOD, 'x-content-type-options': 'nosniff' },
      raw: await assets.read(asset),
    };
  };

const webSocketOrigin = (url: string): string => new URL(url).origin.replace(/^http/, 'ws');
