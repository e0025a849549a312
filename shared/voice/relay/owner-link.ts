import type { SessionClock } from '../session/clock.ts';
import { RelayEnvelope } from './envelope.ts';
import { DialRefused, type OwnerSocket, type OwnerSocketEvents } from './owner-socket-ws.ts';

export interface OwnerLinkDeps {
  /** Dials with a fresh one-time ticket. Throws `DialRefused` or what the network says. */
  readonly dial: (events: OwnerSocketEvents) => Promise<OwnerSocket>;
  readonly clock: SessionClock;
}

export interface OwnerLinkEvents {
  /** What callers send, in the order it came. */
  readonly envelope: (envelope: RelayEnvelope) => void;
  /** The connection is down for good: another owner has the call, or the network does not come back. */
  readonly lost: () => void;
}

/** How callers' words reach the owner: one connection, dialled again whenever it breaks. */
export interface OwnerLink {
  /** Messages that were no envelopes. */
  readonly unreadable: () => number;
  readonly close: () => void;
}

/** API Gateway closes a connection that was silent for ten minutes. */
const PING_EVERY_MS = 5 * 60_000;
/** Together a little more than the gateway waits for an owner to come back: then a successor is on its way. */
const REDIAL_AFTER_MS = [100, 300, 600, 1000, 1500] as const;

/** Dials; resolves when the owner can be reached. Throws when that fails. */
export const openOwnerLink = async (
  { dial, clock }: OwnerLinkDeps,
  { envelope, lost }: OwnerLinkEvents,
): Promise<OwnerLink> => {
  const over = new AbortController();
  let socket: OwnerSocket | undefined;
  let unreadable = 0;

  const hear = (text: string): void => {
    if (over.signal.aborted) return;
    const read = readEnvelope(text);
    if (read === undefined) unreadable += 1;
    else envelope(read);
  };
  const connect = async (): Promise<void> => {
    socket = await dial({ message: hear, closed: () => void comeBack() });
    // Closed while it was being dialled.
    if (over.signal.aborted) socket.close();
  };
  const comeBack = async (): Promise<void> => {
    socket = undefined;
    for (const waitMs of REDIAL_AFTER_MS) {
      if (over.signal.aborted) return;
      await clock.sleep(waitMs, over.signal).catch(() => undefined);
      const outcome = await connect().then(
        () => 'up' as const,
        (error: unknown) => (error instanceof DialRefused ? ('refused' as const) : ('down' as const)),
      );
      if (outcome === 'up') return;
      if (outcome === 'refused') break;
    }
    if (!over.signal.aborted) lost();
  };
  const keepAlive = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await clock.sleep(PING_EVERY_MS, over.signal);
      socket?.send('{"type":"ping"}');
    }
  };

  await connect();
  keepAlive().catch(() => undefined);
  return {
    unreadable: () => unreadable,
    close: () => {
      over.abort(new Error('The link was closed.'));
      socket?.close();
    },
  };
};

const readEnvelope = (text: string): RelayEnvelope | undefined => {
  try {
    return RelayEnvelope.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
