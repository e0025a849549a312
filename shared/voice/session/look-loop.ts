import { type CallLook, FencedError } from '../keeper/call-keeper.ts';
import type { SessionParts } from './session-parts.ts';

/** How often an owner looks for what people outside want of its call. */
const LOOK_EVERY_MS = 1000;

type Known = Parameters<SessionParts['deps']['keeper']['look']>[0];

/** Looks now and then, and when told to; one look at a time. */
interface LookLoop {
  /** Ends, by throwing, when the session is over. */
  readonly run: () => Promise<never>;
  /** Somebody says that there is something to be seen. */
  readonly lookNow: () => void;
}

/**
 * Brings what people outside want of the call to the machine. A look that fails is made again a second later; the call
 * does not depend on it.
 */
export function createLookLoop(
  { deps, over }: Pick<SessionParts, 'deps' | 'over'>,
  known: () => Known,
  seen: (look: CallLook, asked: Known) => void,
): LookLoop {
  const { keeper, clock, log, callId, epoch } = deps;
  let nap = new AbortController();
  let isFailing = false;

  const look = async (isTold: boolean): Promise<void> => {
    try {
      const asked = isTold ? { ...known(), isTold } : known();
      seen(await keeper.look(asked), asked);
      isFailing = false;
    } catch (error) {
      // Whoever is no owner any more learns so when it renews its lease. One line a stretch of failures is enough.
      if (over.signal.aborted || error instanceof FencedError || isFailing) return;
      isFailing = true;
      log('voice.session.not-looked', { callId, epoch }, error);
    }
  };

  return {
    async run() {
      for (;;) {
        const isTold = nap.signal.aborted;
        // Before the look: what is told of meanwhile may have been written after it was read.
        nap = new AbortController();
        await look(isTold);
        const until = AbortSignal.any([nap.signal, over.signal]);
        await clock.sleep(LOOK_EVERY_MS, until).catch(() => undefined);
        over.signal.throwIfAborted();
      }
    },
    lookNow: () => nap.abort(),
  };
}
