import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { readBody } from '../core/listener.ts';

/** A request to a platform's API. */
export interface ApiRequest {
  readonly method: string;
  /** As the client sees it, with host and query. */
  readonly url: URL;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection dies in its place. */
  readonly isLost?: boolean;
  /** Called once the answer has left. */
  readonly afterwards?: () => Promise<unknown>;
}

const MOST_BODY_BYTES = 16 * 1024 * 1024;

/** Serves a platform's API; an error of ours is its 500. */
export const serveApi =
  (answerOf: (request: ApiRequest) => Promise<ApiAnswer>, failure: object) =>
  async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await readRequest(incoming)
      .then(answerOf)
      .catch((): ApiAnswer => ({ status: 500, body: failure }));
    if (answer.isLost) {
      incoming.socket.destroy();
    } else {
      response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers });
      response.end(JSON.stringify(answer.body));
    }
    // Platforms tell of a message a moment after they have taken it.
    await pause(1);
    // A cloud that ends now tells nobody any more.
    await answer.afterwards?.().catch(() => undefined);
  };

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const { method = 'GET', url = '/', headers } = incoming;
  return {
    method,
    url: new URL(url, `http://${headers.host ?? '127.0.0.1'}`),
    authorization: headers.authorization ?? '',
    contentType: headers['content-type'] ?? '',
    body: await readBody(incoming, MOST_BODY_BYTES),
  };
}

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body as a JSON object; undefined for anything else. */
export function jsonBody(body: Uint8Array): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
