import * as z from 'zod';
import type { Fetch } from '../../kernel/lean-fetch.ts';
import { type PlatformAnswer, type PlatformRequest, platformRequest } from './platform-request.ts';
import { SendError, type SendFailure } from './send-error.ts';

/** Of the Graph API; versions live two years (developers.facebook.com/docs/graph-api/changelog, 2026-11). */
export const GRAPH_VERSION = 'v24.0';

export interface GraphHosts {
  /** `https://graph.facebook.com`: WhatsApp and Messenger. */
  readonly GRAPH_API_URL: string;
  /** `https://graph.instagram.com`. */
  readonly INSTAGRAM_API_URL: string;
}

export interface GraphCall {
  readonly host: keyof GraphHosts;
  readonly method: PlatformRequest['method'];
  /** Below the version, with its query: `/me?fields=id`. */
  readonly path: string;
  readonly accessToken: string;
  readonly json?: unknown;
}

/** Meta's Graph API. Throws `SendError`. */
export type GraphApi = (call: GraphCall) => Promise<unknown>;

export const graphApi =
  (hosts: GraphHosts, fetch: Fetch): GraphApi =>
  async ({ host, method, path, accessToken, json }) => {
    const answer = await platformRequest(fetch, {
      method,
      url: `${hosts[host]}/${GRAPH_VERSION}${path}`,
      headers: { authorization: `Bearer ${accessToken}` },
      ...(json === undefined ? {} : { json }),
    });
    if (answer.status < 300) return answer.body;
    throw graphError(answer);
  };

const GraphRefusal = z.object({
  error: z.object({
    code: z.number().optional(),
    error_subcode: z.number().optional(),
    message: z.string().optional(),
  }),
});

/**
 * Codes of the Graph API that mean something to us (developers.facebook.com: Graph API error handling; WhatsApp Cloud
 * API error codes; Messenger Platform error codes, 2026-11).
 */
const FAILURE_OF_CODE: Readonly<Record<number, SendFailure>> = {
  1: 'unavailable',
  2: 'unavailable',
  4: 'rate-limited',
  17: 'rate-limited',
  32: 'rate-limited',
  341: 'rate-limited',
  368: 'rate-limited',
  613: 'rate-limited',
  80006: 'rate-limited',
  80007: 'rate-limited',
  130429: 'rate-limited',
  131016: 'unavailable',
  131048: 'rate-limited',
  131056: 'rate-limited',
  133016: 'rate-limited',
  102: 'credentials-refused',
  190: 'credentials-refused',
  200: 'credentials-refused',
  3: 'credentials-refused',
  131005: 'credentials-refused',
  131047: 'window-closed',
  551: 'recipient-gone',
  130472: 'recipient-gone',
  131026: 'recipient-gone',
  131030: 'recipient-gone',
};

const FAILURE_OF_SUBCODE: Readonly<Record<number, SendFailure>> = {
  // "This message is sent outside of allowed window."
  2018278: 'window-closed',
  2534022: 'window-closed',
  // "No matching user found", "This person isn't available right now".
  2018001: 'recipient-gone',
  1545041: 'recipient-gone',
};

const graphError = ({ status, headers, body }: PlatformAnswer): SendError => {
  const { code, error_subcode: subcode, message = '' } = GraphRefusal.safeParse(body).data?.error ?? {};
  const failure =
    FAILURE_OF_SUBCODE[subcode ?? 0] ?? FAILURE_OF_CODE[code ?? 0] ?? failureOfStatus(status, code === 10);
  const name = [code ?? status, subcode].filter((part) => part !== undefined).join('/');
  const retryAfterSeconds = secondsOf(headers.get('retry-after'));
  return new SendError(failure, name, `The Graph API refused with code ${name}: ${message.slice(0, 200)}`, {
    retryAfterSeconds,
  });
};

export const failureOfStatus = (status: number, isForbidden = false): SendFailure => {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'unavailable';
  return status === 401 || isForbidden ? 'credentials-refused' : 'refused';
};

/** A header that counts seconds; undefined for anything else. */
const secondsOf = (header: string | null): number | undefined => {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
};
