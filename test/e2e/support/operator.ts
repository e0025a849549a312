import { WebSocket } from 'ws';
import { OperatorMessage, type OperatorRequest } from '../../../shared/live/operator-messages.ts';
import type { Api } from './api.ts';

type Message<Type extends OperatorMessage['type']> = Extract<OperatorMessage, { type: Type }>;

/** Somebody who watches over the real WebSocket API; every message must be as the contract says. */
export interface Operator {
  readonly heard: readonly OperatorMessage[];
  /** Unix milliseconds at which each message came. */
  readonly times: readonly number[];
  readonly send: (message: OperatorRequest) => void;
  /** The first message from an index of `heard` on (the beginning unless stated) that matches. */
  readonly next: <Type extends OperatorMessage['type']>(
    type: Type,
    matches?: (message: Message<Type>) => boolean,
    from?: number,
  ) => Promise<Message<Type>>;
  /** Resolves when these topics are watched and their state was told. */
  readonly subscribe: (...topics: readonly string[]) => Promise<void>;
  /** As if the cable were cut. */
  readonly cut: () => void;
}

/** Connects with a fresh ticket. Rejects with what refused it. */
export async function watch(api: Api): Promise<Operator> {
  const { body, status } = await api.request<{ webSocketUrl: string }>('POST', '/api/v1/operator-tickets');
  if (status !== 201) throw new Error(`No ticket: ${JSON.stringify(body)}`);
  const socket = new WebSocket(body.webSocketUrl, { perMessageDeflate: false });
  const heard: OperatorMessage[] = [];
  const times: number[] = [];
  let changed = Promise.withResolvers<void>();
  const wake = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  socket.on('message', (data: Buffer) => {
    heard.push(OperatorMessage.parse(JSON.parse(data.toString())));
    times.push(Date.now());
    wake();
  });
  socket.on('close', wake);
  const next: Operator['next'] = async (type, matches = () => true, from = 0) => {
    for (let at = from; ; ) {
      for (; at < heard.length; at += 1) {
        const message = heard[at] as Message<typeof type>;
        if (message.type === type && matches(message)) return message;
      }
      if (socket.readyState > WebSocket.OPEN) throw new Error(`Closed before a ${type} came.`);
      await changed.promise;
    }
  };
  const send: Operator['send'] = (message) => socket.send(JSON.stringify(message));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    heard,
    times,
    send,
    next,
    subscribe: async (...topics) => {
      const from = heard.length;
      send({ type: 'subscribe', topics: [...topics] });
      await next('subscribed', ({ topics: now }) => topics.every((topic) => now.includes(topic)), from);
    },
    cut: () => socket.terminate(),
  };
}
