import type { Fetch } from '../../kernel/lean-fetch.ts';
import { SendError } from './send-error.ts';

/** Platforms answer within a second or two. */
const TIMEOUT_MS = 10_000;

export interface PlatformRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export interface PlatformAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON value; undefined where there is none. */
  readonly body: unknown;
}

/** One request to a platform, not repeated. Throws `SendError` `unavailable` when nobody answers. */
export const platformRequest = async (
  fetch: Fetch,
  { method, url, headers, json }: PlatformRequest,
): Promise<PlatformAnswer> => {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(json === undefined ? {} : { body: Buffer.from(JSON.stringify(json)) }),
    });
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
  } catch (cause) {
    throw new SendError('unavailable', 'no-answer', 'The platform did not answer.', { cause });
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
