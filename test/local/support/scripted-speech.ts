import { asyncQueue } from '../../../local/core/async-queue.ts';
import type { Ear, EarEvent, EarOptions, Speech } from '../../../local/speech/speech.ts';

export interface ScriptedEar {
  readonly options: EarOptions;
  /** Lets the ear notice something. */
  readonly hears: (event: EarEvent) => void;
  /** A whole turn: its beginning and its words. */
  readonly hearsTurn: (text: string) => void;
  readonly receivedBytes: () => number;
  readonly isClosed: () => boolean;
}

/** Ears that hear what the test says, and a mouth that says 100 ms a word, which are `1` samples. */
export function scriptedSpeech({ wordMs = 100 }: { readonly wordMs?: number } = {}) {
  const ears: ScriptedEar[] = [];
  const spoken: string[] = [];
  const openEar = (options: EarOptions): Ear => {
    const events = asyncQueue<EarEvent>(10_000, () => new Error('nobody listens to the ear'));
    let bytes = 0;
    let closed = false;
    const times = { startMs: 0, endMs: 0, atMs: 0 };
    ears.push({
      options,
      hears: events.push,
      hearsTurn: (text) => {
        events.push({ type: 'speech-started', atMs: 0 });
        events.push({ type: 'utterance', text, ...times });
      },
      receivedBytes: () => bytes,
      isClosed: () => closed,
    });
    return {
      accept: (pcm) => {
        bytes += pcm.length;
      },
      events: events.items,
      close: () => {
        closed = true;
        events.end();
      },
    };
  };
  const speech: Speech = {
    mode: 'speech',
    openEar,
    speak: async function* (text, { sampleRateHertz, signal }) {
      spoken.push(text);
      for (const _word of text.split(' ')) {
        await Promise.resolve();
        if (signal?.aborted) return;
        yield Buffer.alloc((sampleRateHertz * 2 * wordMs) / 1000, 1);
      }
    },
    close: async () => {},
  };
  return { speech, ears, spoken };
}
