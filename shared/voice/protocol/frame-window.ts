/** What a window lets go: frames in order, and how many numbers before or between them were given up. */
export interface WindowRelease<Frame> {
  readonly frames: readonly Frame[];
  readonly lost: number;
}

/**
 * Puts numbered frames right that concurrent carriers delivered out of order or twice. Each number comes out at most
 * once and in order; a gap is waited for only within the bounds and then counted as lost. A frame that comes after its
 * number was given up is dropped.
 */
export interface FrameWindow<Frame> {
  readonly push: (seq: number, frame: Frame, nowMs: number) => WindowRelease<Frame>;
  /** Lets go what has waited too long for a gap; to be called now and then while frames are held. */
  readonly expire: (nowMs: number) => WindowRelease<Frame>;
  /** The client is back on another connection: numbers between then and now do not count as lost. Lets go what was held. */
  readonly restart: () => WindowRelease<Frame>;
  /**
   * The client was asked to send again from this number on: what comes after it waits a while for it, and does not count
   * as lost if it never comes. Without effect on numbers that came out already.
   */
  readonly expect: (seq: number, nowMs: number) => void;
  /** Frames that wait for an earlier one. */
  readonly held: () => number;
}

export interface WindowBounds {
  /** Most frames that wait for an earlier one. */
  readonly maxHeld: number;
  /** Longest time a frame waits for an earlier one. */
  readonly maxHoldMs: number;
}

/** Six frames of 20 ms: what a retried Lambda invocation typically is late by, and not yet heard as delay. */
export const FRAME_WINDOW_BOUNDS: WindowBounds = { maxHeld: 6, maxHoldMs: 120 };

/**
 * Behind the WebSocket API a frame may meet a gateway function that has to start first: most of a second with its first
 * requests, and the callers' first words come just then. A second of frames of 20 ms, so that of the shortest, too, the
 * time decides. Only a gap is waited for so long.
 */
export const RELAY_WINDOW_BOUNDS: WindowBounds = { maxHeld: 50, maxHoldMs: 800 };

/** A client needs a moment to hear that it shall send again, and more to do so; meanwhile the model's stream is opened. */
const RESENT_BOUNDS: WindowBounds = { maxHeld: 120, maxHoldMs: 2500 };

interface Held<Frame> {
  readonly seq: number;
  readonly frame: Frame;
  readonly sinceMs: number;
}

/** Numbers begin at 0; after `restart` at whatever comes (and is greater than all that came before). */
export function createFrameWindow<Frame>(bounds: WindowBounds = FRAME_WINDOW_BOUNDS): FrameWindow<Frame> {
  /** By number; never more than `maxHeld` + 1. */
  let held: Held<Frame>[] = [];
  let next = 0;
  /** After a restart the first number is not known: the first frames wait in case a smaller one follows. */
  let startKnown = true;
  let expectedUntilMs = 0;
  /** What is sent again comes in a stream: as long as it goes on, what came before it has time. */
  let isCatchingUp = false;

  const insert = (entry: Held<Frame>): void => {
    const at = held.findLastIndex(({ seq }) => seq < entry.seq) + 1;
    if (held[at]?.seq !== entry.seq) held.splice(at, 0, entry);
  };

  /** Skips the gap before the first frame held. */
  const skipGap = (): number => {
    const first = held[0]?.seq ?? next;
    const lost = startKnown ? first - next : 0;
    startKnown = true;
    next = first;
    return lost;
  };

  const takeRun = (): Frame[] => {
    let count = 0;
    while (held[count]?.seq === next) {
      next++;
      count++;
    }
    return held.splice(0, count).map(({ frame }) => frame);
  };

  const isDue = (nowMs: number): boolean => {
    if (!startKnown && nowMs < expectedUntilMs) return held.length > RESENT_BOUNDS.maxHeld;
    // Whether anything came before is not known: no reason to wait long for it.
    const { maxHeld, maxHoldMs } = startKnown ? bounds : FRAME_WINDOW_BOUNDS;
    return (
      held.length > (isCatchingUp ? RESENT_BOUNDS.maxHeld : maxHeld) ||
      held.some(({ sinceMs }) => nowMs - sinceMs >= maxHoldMs)
    );
  };

  const settle = (nowMs: number): WindowRelease<Frame> => {
    startKnown ||= held[0]?.seq === 0 || (expectedUntilMs > 0 && held[0]?.seq === next);
    const frames = startKnown ? takeRun() : [];
    isCatchingUp &&= held.length > 0 || !startKnown;
    if (isCatchingUp && frames.length > 0) held = held.map((entry) => ({ ...entry, sinceMs: nowMs }));
    let lost = 0;
    while (held.length > 0 && isDue(nowMs)) {
      lost += skipGap();
      frames.push(...takeRun());
    }
    return { frames, lost };
  };

  return {
    push(seq, frame, nowMs) {
      if (seq < next) return NOTHING;
      if (startKnown && seq === next && held.length === 0) {
        next++;
        return { frames: [frame], lost: 0 };
      }
      insert({ seq, frame, sinceMs: nowMs });
      return settle(nowMs);
    },
    expire: (nowMs) => (held.length === 0 ? NOTHING : settle(nowMs)),
    restart() {
      const frames: Frame[] = [];
      let lost = 0;
      while (held.length > 0) {
        lost += skipGap();
        frames.push(...takeRun());
      }
      held = [];
      startKnown = false;
      expectedUntilMs = 0;
      isCatchingUp = false;
      return { frames, lost };
    },
    expect(seq, nowMs) {
      if (seq < next) return;
      next = seq;
      held = held.filter((entry) => entry.seq >= seq);
      startKnown = false;
      expectedUntilMs = nowMs + RESENT_BOUNDS.maxHoldMs;
      isCatchingUp = true;
    },
    held: () => held.length,
  };
}

const NOTHING: WindowRelease<never> = { frames: [], lost: 0 };
