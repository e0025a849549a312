import { createChannel } from '../../kernel/channel.ts';
import type { MediaSocket } from '../../telephony/twilio-transport.ts';
import type { SocketConnections } from './connections-apigateway.ts';
import type { RelayEnvelope } from './envelope.ts';

export interface RelayMediaSocket extends MediaSocket {
  readonly hear: (envelope: RelayEnvelope) => void;
  readonly lost: () => void;
}

export interface RelayMediaSocketDeps {
  readonly sockets: SocketConnections;
  /** The phone's connection; it cannot come back by another. */
  readonly connectionId: string;
  readonly closeLink: () => void;
}

/** Ten seconds of 20 ms frames. */
const MOST_WAITING = 500;

/** A media stream of the telephone provider behind the WebSocket API: what it sends comes in envelopes, what it is told is posted. */
export const relayMediaSocket = ({ sockets, connectionId, closeLink }: RelayMediaSocketDeps): RelayMediaSocket => {
  const heard = createChannel<unknown>({ limit: MOST_WAITING, drop: isMedia });
  let posting = Promise.resolve();
  let waiting = 0;
  let isOver = false;

  const end = (): void => {
    isOver = true;
    heard.end();
  };
  const post = (text: string): void => {
    // Commands are posted in any case: to clear what the phone still plays, above all.
    if (isOver || (waiting >= MOST_WAITING && text.startsWith('{"event":"media"'))) return;
    waiting += 1;
    posting = posting
      .then(() => sockets.post(connectionId, text))
      .then(
        (outcome) => {
          if (outcome === 'gone') end();
        },
        // One frame less is a crackle; a connection that is down answers 410 soon.
        () => undefined,
      )
      .finally(() => {
        waiting -= 1;
      });
  };
  return {
    messages: heard.items,
    post,
    hear: (envelope) => {
      if (envelope.connectionId !== connectionId) return;
      if (envelope.message.type === 'disconnected') end();
      else heard.push(envelope.message);
    },
    lost: () => {
      end();
      closeLink();
    },
    close: async () => {
      await posting;
      end();
      closeLink();
      await sockets.close(connectionId);
    },
    release: async () => {
      end();
      closeLink();
    },
  };
};

const isMedia = (message: unknown): boolean => (message as { readonly event?: unknown }).event === 'media';
