import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestClock, testClock } from '../../../local/core/clock.ts';
import { makeSocial, type SocialPlatforms } from '../../../local/social/index.ts';
import { memoryStore } from '../support/memory-store.ts';

/** What a webhook of the tests was sent. */
export interface WebhookCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A webhook that answers as its script says: 200 unless a status is left in `statuses`. */
export async function startWebhook(handshake: (url: URL) => { readonly status: number; readonly text: string }) {
  const calls: WebhookCall[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      if (request.method === 'GET') {
        const { status, text } = handshake(url);
        response.writeHead(status, { 'content-type': 'text/plain' });
        return response.end(text);
      }
      const text = Buffer.concat(chunks).toString('utf8');
      calls.push({ method: request.method ?? '', url, headers: request.headers, text });
      response.writeHead(statuses.shift() ?? 200);
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    calls,
    statuses,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The platforms with a clock that is wound by hand. */
export async function startPlatforms(): Promise<{ readonly social: SocialPlatforms; readonly clock: TestClock }> {
  const clock = testClock(Date.parse('2026-11-21T09:00:00Z'));
  const stores = new Map<string, ReturnType<typeof memoryStore>>();
  const social = makeSocial({
    clock,
    store: (namespace) => {
      const store = stores.get(namespace) ?? memoryStore();
      stores.set(namespace, store);
      return store;
    },
  });
  await social.listen(0);
  return { social, clock };
}

/** One request with JSON in and out. */
export async function call(
  url: string,
  {
    method = 'POST',
    token,
    json,
    headers = {},
  }: { method?: string; token?: string; json?: object; headers?: Record<string, string> },
) {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

/** A text as a business sends it by the Cloud API. */
export const whatsAppText = (to: string, body: string) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to,
  type: 'text',
  text: { body },
});

/** Status, code, subcode if any, and type of a refusal of Meta's. */
export const errorOf = ({ status, body }: Awaited<ReturnType<typeof call>>) => {
  const { code, error_subcode: subcode, type } = body.error as Record<string, unknown>;
  return [status, code, ...(subcode === undefined ? [] : [subcode]), type];
};
