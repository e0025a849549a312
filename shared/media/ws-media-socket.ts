import { createChannel } from '../kernel/channel.ts';
import type { MediaSocket } from '../telephony/twilio-transport.ts';
import type { ClientSocket } from '../voice/direct/client-socket.ts';

/** Ten seconds of 20 ms frames. */
const MOST_WAITING = 500;
const NORMAL_CLOSURE = 1000;
/** More than a media stream ever has on its way: the other side does not read. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** A media stream of the telephone provider on a socket of our own. What comes before anybody reads waits. */
export const wsMediaSocket = (socket: ClientSocket): MediaSocket => {
  const heard = createChannel<unknown>({
    limit: MOST_WAITING,
    drop: (message) => (message as { readonly event?: unknown }).event === 'media',
  });
  const end = async (): Promise<void> => {
    socket.close(NORMAL_CLOSURE, '');
    heard.end();
  };
  socket.listen({
    message: (data, isBinary) => {
      const message = isBinary ? undefined : parsed(data);
      if (typeof message === 'object' && message !== null) heard.push(message);
    },
    pong: () => undefined,
    closed: heard.end,
  });
  return {
    messages: heard.items,
    post: (text) => {
      if (socket.bufferedBytes() > MAX_BUFFERED_BYTES) socket.terminate();
      else socket.send(text);
    },
    close: end,
    // The socket is this process's: there is nobody who could take it over.
    release: end,
  };
};

const parsed = (data: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};
