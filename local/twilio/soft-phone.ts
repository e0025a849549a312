import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { refuseUpgrade } from '../core/listener.ts';
import { basicAuth } from './account.ts';
import type { Exchange } from './exchange.ts';

/** `/phone?from=+1…&to=+1…`: a line for a program of another process, which is the phone. Not Twilio's. */
const PATH = '/phone';

/**
 * Binary messages are µ-law: what the phone says, as fast as it likes, and what it hears, a frame each 20 ms. Texts are
 * `{"dtmf":"1"}` from the phone and `{"status":"in-progress"}`, then `{"status":…,"said":[…]}` at the end, to it.
 */
export function softPhones(exchange: () => Exchange): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  return (request, socket, head) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://twilio');
    if (pathname !== PATH) return refuseUpgrade(socket, 404, { message: 'There are only phones here.' });
    if (request.headers.authorization !== basicAuth(exchange().account)) {
      return refuseUpgrade(socket, 401, { message: 'Authenticate' });
    }
    const [from, to] = [searchParams.get('from') ?? '', searchParams.get('to') ?? ''];
    server.handleUpgrade(request, socket, head, (client) => attach(exchange(), client, from, to));
  };
}

function attach(exchange: Exchange, client: WebSocket, from: string, to: string): void {
  const call = exchange.phone(from).call(to);
  const tell = (message: object): void => client.send(JSON.stringify(message), () => undefined);
  call.onFrame((frame) => client.send(frame, () => undefined));
  call.answered().then(
    () => tell({ status: 'in-progress' }),
    () => undefined,
  );
  client.on('message', (data, isBinary) => {
    if (isBinary) call.say(data as Buffer).catch(() => undefined);
    else call.dtmf(digitsOf((data as Buffer).toString('utf8')));
  });
  client.on('error', () => undefined);
  client.once('close', call.hangUp);
  void call.ended.then((status) => {
    tell({ status, said: call.said });
    client.close(1000);
  });
}

function digitsOf(text: string): string {
  try {
    const { dtmf } = JSON.parse(text) as { readonly dtmf?: unknown };
    return typeof dtmf === 'string' ? dtmf : '';
  } catch {
    return '';
  }
}
