import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { leanFetch } from '../../shared/kernel/lean-fetch.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const serve = async (answer: (response: ServerResponse) => void) => {
  const seen: object[] = [];
  let sockets = 0;
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const body = Buffer.concat(chunks as Buffer[]).toString();
      seen.push({ method: request.method, type: request.headers['content-type'], body });
      answer(response);
    });
  });
  server.on('connection', () => {
    sockets += 1;
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { seen, sockets: () => sockets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
};

const POST = {
  method: 'POST',
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from('hello'),
};

test('one connection carries request after request', async () => {
  const { seen, sockets, url } = await serve((response) => response.writeHead(200, { 'x-answer': 'yes' }).end('ok'));
  const fetch = leanFetch();
  const answers: unknown[] = [];
  for (let count = 0; count < 3; count++) {
    const response = await fetch(url, { ...POST, signal: new AbortController().signal });
    answers.push([response.status, response.headers.get('x-answer'), await response.text()]);
  }
  const answer = [200, 'yes', 'ok'];
  const request = { method: 'POST', type: 'text/plain', body: 'hello' };
  expect({ answers, seen, sockets: sockets() }).toEqual({
    answers: [answer, answer, answer],
    seen: [request, request, request],
    sockets: 1,
  });
});

test('an answer may be an error, or empty', async () => {
  const { url } = await serve((response) => response.writeHead(204).end());
  const response = await leanFetch()(url, { method: 'DELETE', headers: {}, signal: new AbortController().signal });
  expect([response.status, await response.text()]).toEqual([204, '']);
  const refused = await serve((other) => other.writeHead(410, { 'x-amzn-errortype': 'GoneException' }).end('{}'));
  const gone = await leanFetch()(refused.url, { ...POST, signal: new AbortController().signal });
  expect([gone.ok, gone.status, gone.headers.get('x-amzn-errortype')]).toEqual([false, 410, 'GoneException']);
});

test('whoever does not want to wait any longer is told so', async () => {
  const asked = Promise.withResolvers<void>();
  const { url } = await serve(() => asked.resolve());
  const impatience = new AbortController();
  const answer = leanFetch()(url, { ...POST, signal: impatience.signal });
  await asked.promise;
  impatience.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});

test('where nobody listens there is an error', async () => {
  const { url } = await serve(() => undefined);
  for (const server of servers.splice(0)) server.close();
  await expect(leanFetch()(url, { ...POST, signal: new AbortController().signal })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
