import type { Worker } from 'node:worker_threads';
import { durationMs } from '../../../audio/format.ts';
import type { Ear, EarOptions } from '../speech.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';
import { type EarHead, makeEarHead } from './ear-head.ts';
import { startListenerThread } from './listener-thread.ts';

export interface Ears {
  readonly open: (options: EarOptions) => Ear;
  readonly close: () => Promise<void>;
}

export interface EarsDeps {
  /** Recognizes speech at 16 kHz. */
  readonly recognizers: WorkerPool<Float32Array, string>;
  readonly spawnListener: () => Worker;
}

/** Audio that was given and not heard yet; beyond it new audio is dropped. Listening is 200 times faster than speech. */
const MAX_BACKLOG_MS = 120_000;

interface OpenEar {
  readonly options: EarOptions;
  readonly head: EarHead;
  backlogBytes: number;
  /** Of audio given to threads that died, or dropped: the times of the thread at hand start there. */
  startMs: number;
  heardMs: number;
  /** First byte of a sample whose second is still to come. */
  half: Uint8Array;
}

/** All ears of a process, over one listening thread and the recognizers. */
export function makeEars({ recognizers, spawnListener }: EarsDeps): Ears {
  const ears = new Map<number, OpenEar>();
  let lastEar = 0;
  let broken: Error | undefined;

  const listener = startListenerThread(spawnListener, {
    onHeard({ ear: id, bytes, effects }) {
      const ear = ears.get(id);
      if (!ear) return;
      ear.backlogBytes -= bytes;
      ear.heardMs += msOf(bytes, ear.options);
      for (const effect of effects) ear.head.on(effect, ear.startMs);
    },
    onReplaced() {
      for (const [id, ear] of ears) {
        // What the dead thread had not heard is lost, as is the turn it was in.
        ear.heardMs += msOf(ear.backlogBytes, ear.options);
        ear.backlogBytes = 0;
        ear.head.breakOff(ear.heardMs);
        ear.startMs = ear.heardMs;
        listener.send({ type: 'open', ear: id, ...ear.options });
      }
    },
    onBroken(cause) {
      broken = new Error('Listening failed.', { cause });
      for (const ear of ears.values()) ear.head.fail(broken);
      ears.clear();
    },
  });

  const open = (options: EarOptions): Ear => {
    const id = ++lastEar;
    const head = makeEarHead(recognizers);
    const ear = { options, head, backlogBytes: 0, startMs: 0, heardMs: 0, half: new Uint8Array(0) };
    if (broken) head.fail(broken);
    else ears.set(id, ear);
    listener.send({ type: 'open', ear: id, ...options });
    return {
      events: head.events,
      accept(pcm) {
        if (!ears.has(id) || msOf(ear.backlogBytes, options) > MAX_BACKLOG_MS) return;
        const whole = wholeSamples(ear, pcm);
        if (whole.length === 0) return;
        ear.backlogBytes += whole.length;
        listener.send({ type: 'audio', ear: id, pcm: whole });
      },
      close() {
        if (ears.delete(id)) listener.send({ type: 'close', ear: id });
        head.close();
      },
    };
  };

  const close = async (): Promise<void> => {
    for (const { head } of ears.values()) head.close();
    ears.clear();
    await listener.close();
  };

  return { open, close };
}

const msOf = (bytes: number, { sampleRateHertz }: EarOptions): number =>
  durationMs(bytes, { encoding: 'pcm16', sampleRateHertz });

function wholeSamples(ear: OpenEar, pcm: Uint8Array): Uint8Array {
  const joined = new Uint8Array(ear.half.length + pcm.length);
  joined.set(ear.half);
  joined.set(pcm, ear.half.length);
  ear.half = joined.slice(joined.length & ~1);
  return joined.subarray(0, joined.length & ~1);
}
