import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OpenAiRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** An OpenAI-compatible service on loopback that answers as the test wants, well or badly. */
export const openAiServer = async (
  answer: (request: OpenAiRequest, response: ServerResponse) => void | Promise<void>,
) => {
  const requests: OpenAiRequest[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { authorization } = request.headers;
    const taken = { path: request.url ?? '', authorization, body: Buffer.concat(parts) };
    requests.push(taken);
    await answer(taken, response);
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

export const sse = (...events: readonly unknown[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');

export const delta = (fields: object, finish?: string) => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish ?? null }],
});
