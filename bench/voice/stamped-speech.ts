/** Ears that note when each frame reached the model, and a mouth that says when it said what: no recognition, no synthesis. */
import { setTimeout as sleep } from 'node:timers/promises';
import { asyncQueue } from '../../local/core/async-queue.ts';
import type { Ear, EarEvent, Speech } from '../../local/speech/speech.ts';
import { nowUs, stampedFrame, stampReader } from './stamp.ts';

/** A frame that the model has heard; numbers for short, for there are many. */
export type Heard = readonly [caller: number, seq: number, sentUs: number, heardUs: number];

export interface StampedSpeech {
  readonly speech: Speech;
  /** What a reply is from now on: `paced` says it as fast as it is played, `burst` leaves the speed to the model. */
  readonly reply: (reply: { readonly ms: number; readonly how: 'paced' | 'burst' }) => void;
  readonly onHeard: (listener: (heard: Heard) => void) => void;
  /** The ears that hear the caller notice this. */
  readonly notice: (caller: number, event: EarEvent) => void;
}

/** The embedded model sends pieces of this length. */
const PIECE_MS = 80;
const MAX_EVENTS = 10_000;

export function stampedSpeech(): StampedSpeech {
  const ears = new Map<number, (event: EarEvent) => void>();
  let replies: { readonly ms: number; readonly how: 'paced' | 'burst' } = { ms: 2000, how: 'paced' };
  let utterances = 0;
  let listener: (heard: Heard) => void = () => undefined;

  const openEar = (): Ear => {
    const events = asyncQueue<EarEvent>(MAX_EVENTS, () => new Error('nobody listens to the ear'));
    const accept = stampReader(({ source, seq, sentUs }) => {
      const heardUs = nowUs();
      ears.set(source, events.push);
      listener([source, seq, sentUs, heardUs]);
    });
    return { accept, events: events.items, close: events.end };
  };
  async function* speak(
    _text: string,
    { sampleRateHertz, signal }: Parameters<Speech['speak']>[1],
  ): AsyncGenerator<Uint8Array> {
    const { ms, how } = replies;
    utterances += 1;
    const source = utterances;
    const startMs = performance.now();
    for (let seq = 0; seq * PIECE_MS < ms; seq++) {
      if (how === 'paced') await sleep(Math.max(0, startMs + seq * PIECE_MS - performance.now()));
      if (signal?.aborted) return;
      yield stampedFrame({ source, seq, sentUs: nowUs() }, (sampleRateHertz * 2 * PIECE_MS) / 1000);
    }
  }
  return {
    speech: { mode: 'speech', openEar, speak, close: async () => undefined },
    reply: (reply) => {
      replies = reply;
    },
    onHeard: (to) => {
      listener = to;
    },
    notice: (caller, event) => ears.get(caller)?.(event),
  };
}
