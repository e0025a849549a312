import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { Conversation, type ConversationOptions, type Outcome } from './conversation.ts';
import { type ClientMessage, parseServerMessage } from './messages.ts';
import { FRAME_MS } from './microphone.ts';

export interface FinishedCall {
  readonly outcome: Outcome;
  /** PCM16 at 24 kHz. */
  readonly recording: Uint8Array;
}

/** Makes the call and stays in it until the agent has answered. Throws an `Error` when the connection is refused. */
export async function call(webSocketUrl: string, options: ConversationOptions): Promise<FinishedCall> {
  const socket = await connect(webSocketUrl);
  const conversation = new Conversation(options);
  const send = (messages: readonly ClientMessage[]): void => {
    for (const message of messages) if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  socket.on('message', (data, isBinary) => {
    const message = data instanceof Buffer && !isBinary ? parseServerMessage(data.toString()) : undefined;
    if (message) send(conversation.hear(message, performance.now()));
  });
  socket.on('error', () => undefined);
  socket.on('close', (code, reason) => conversation.lose(`The connection was closed (${code} ${String(reason)}).`));
  send(conversation.open(performance.now()));
  const outcome = await talk(conversation, send);
  socket.terminate();
  return { outcome, recording: conversation.recording() };
}

/** A frame each 40 ms by the clock, not by the timer: what a late timer left undone is made up for. */
async function talk(conversation: Conversation, send: (messages: readonly ClientMessage[]) => void): Promise<Outcome> {
  const startMs = performance.now();
  for (let frame = 1; ; frame++) {
    const { outcome } = conversation;
    if (outcome) return outcome;
    await sleep(Math.max(0, startMs + frame * FRAME_MS - performance.now()));
    send(conversation.tick(performance.now()));
  }
}

function connect(url: string): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(url);
  socket.once('open', () => resolve(socket));
  socket.once('unexpected-response', (_request, response) => {
    reject(new Error(`The connection was refused with HTTP ${response.statusCode ?? ''}.`));
  });
  socket.once('error', (error) => reject(new Error(`The connection failed: ${error.message}`, { cause: error })));
  return promise;
}
