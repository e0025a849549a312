import type { ServerMessage } from '../protocol/messages.ts';
import type { SessionClock } from '../session/clock.ts';
import type { SocketConnections } from './connections-apigateway.ts';

export interface CallerPostDeps {
  readonly sockets: Pick<SocketConnections, 'post'>;
  readonly clock: SessionClock;
  /** The next message whose time has come, or how long to wait for it. */
  readonly next: (nowMs: number) => { readonly message: ServerMessage } | { readonly waitMs: number } | undefined;
  /** Where the caller is now; while that is undefined, everything waits. */
  readonly connectionId: () => string | undefined;
  /** That connection is down. */
  readonly gone: (connectionId: string) => void;
}

/** Posts to the caller one message after the other, so that nothing overtakes. */
export interface CallerPost {
  /** There may be something to say. */
  readonly wake: () => void;
  /** Says this before everything that waits. */
  readonly urgent: (message: ServerMessage) => void;
  /** Resolves when what is urgent and what was being posted is out. */
  readonly idle: () => Promise<void>;
  readonly stop: () => void;
}

/** Failures in a row after which the connection is taken for down: API Gateway has been asked three times for each. */
const MAX_FAILURES = 3;

export const callerPost = ({ sockets, clock, next, connectionId, gone }: CallerPostDeps): CallerPost => {
  const urgent: ServerMessage[] = [];
  let running: Promise<void> | undefined;
  let pause: AbortController | undefined;
  let failures = 0;
  let isStopped = false;
  let isWanted = false;

  const postTo = async (to: string, message: ServerMessage): Promise<void> => {
    try {
      if ((await sockets.post(to, JSON.stringify(message))) === 'gone') gone(to);
      failures = 0;
    } catch {
      failures += 1;
      if (failures >= MAX_FAILURES) gone(to);
    }
  };
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const to = connectionId();
      if (to === undefined) return;
      const soon = urgent.shift();
      const item = soon === undefined ? next(clock.now()) : { message: soon };
      if (item === undefined) return;
      if ('message' in item) await postTo(to, item.message);
      else {
        pause = new AbortController();
        await clock.sleep(item.waitMs, pause.signal).catch(() => undefined);
        pause = undefined;
      }
    }
  };
  const wake = (): void => {
    if (isStopped) return;
    // A run that has just found nothing ends a moment later: what came in between must not be overlooked.
    if (running !== undefined) {
      isWanted = true;
      return;
    }
    running = run().finally(() => {
      running = undefined;
      if (!isWanted) return;
      isWanted = false;
      wake();
    });
  };
  return {
    wake,
    urgent: (message) => {
      urgent.push(message);
      pause?.abort(new Error('Something urgent.'));
      wake();
    },
    idle: async () => {
      while (!isStopped && running !== undefined) {
        pause?.abort(new Error('Let it be quiet.'));
        if (urgent.length === 0 && pause !== undefined) return;
        await running;
      }
    },
    stop: () => {
      isStopped = true;
      pause?.abort(new Error('Stopped.'));
    },
  };
};
