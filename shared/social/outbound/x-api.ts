import * as z from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Fetch } from '../../kernel/lean-fetch.ts';
import { failureOfStatus } from './graph-api.ts';
import { type OAuth1Keys, oauth1Header } from './oauth1.ts';
import { type PlatformAnswer, type PlatformRequest, platformRequest } from './platform-request.ts';
import { SendError } from './send-error.ts';

export interface XCall {
  readonly method: PlatformRequest['method'];
  /** With its version and query: `/2/users/me`. */
  readonly path: string;
  /** As a user, or as the app alone. */
  readonly as: { readonly user: OAuth1Keys } | { readonly bearerToken: string };
  readonly json?: unknown;
}

/** X's API. Throws `SendError`. */
export type XApi = (call: XCall) => Promise<unknown>;

export interface XApiDeps {
  /** `https://api.x.com`. */
  readonly X_API_URL: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Never the same twice. */
  readonly nonce: () => string;
}

export const xApi =
  ({ X_API_URL, fetch, clock, nonce }: XApiDeps): XApi =>
  async ({ method, path, as, json }) => {
    const url = `${X_API_URL}${path}`;
    const authorization =
      'user' in as
        ? oauth1Header({ method, url }, as.user, { nonce: nonce(), timestamp: Math.floor(clock.now() / 1000) })
        : `Bearer ${as.bearerToken}`;
    const answer = await platformRequest(fetch, {
      method,
      url,
      headers: { authorization },
      ...(json === undefined ? {} : { json }),
    });
    if (answer.status < 300) return answer.body;
    throw xError(answer, clock.now());
  };

const Refusal = z.object({ title: z.string().optional(), type: z.string().optional(), detail: z.string().optional() });

/** X's words for customers who do not take messages of this account (docs.x.com, direct messages, 2026-11). */
const CLOSED_TO_US = /cannot send messages to this user|permi(?:ssion|tted) to dm/i;
/** … and for tokens that do not allow what was asked. */
const NOT_ALLOWED = /authenticat|oauth|app permissions|suspended/i;

const xError = ({ status, headers, body }: PlatformAnswer, nowMs: number): SendError => {
  const { title, detail } = Refusal.safeParse(body).data ?? {};
  const words = [title, detail].filter((part) => part !== undefined).join(': ');
  const isClosed = status === 403 && CLOSED_TO_US.test(words);
  const failure = isClosed ? 'recipient-gone' : failureOfStatus(status, status === 403 && NOT_ALLOWED.test(words));
  const reset = Number(headers.get('x-rate-limit-reset') ?? Number.NaN);
  const wait = Number.isFinite(reset) ? Math.max(1, Math.ceil(reset - nowMs / 1000)) : undefined;
  const retryAfterSeconds = failure === 'rate-limited' ? wait : undefined;
  return new SendError(failure, String(status), `X refused with status ${status}: ${words.slice(0, 200)}`, {
    retryAfterSeconds,
  });
};
