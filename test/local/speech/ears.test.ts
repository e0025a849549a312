import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { type Ears, makeEars } from '../../../local/speech/ears/ears.ts';
import type { Ear, EarEvent } from '../../../local/speech/speech.ts';
import type { WorkerPool } from '../../../local/speech/workers/worker-pool.ts';
import { listen } from './support/speaking.ts';

const WORDS: Readonly<Record<number, string>> = { 1: 'Good', 2: 'morning.', 3: 'Goo' };

/** Knows the audio of the scripted listener by heart. */
const recognizers = (run?: WorkerPool<Float32Array, string>['run']): WorkerPool<Float32Array, string> => ({
  run: run ?? ((audio) => Promise.resolve(WORDS[audio[0] ?? 0] ?? '')),
  hasIdle: () => true,
  close: () => Promise.resolve(),
});

let ears: Ears;
let threads: Worker[];

function open(script = './support/scripted-listener.ts', run?: WorkerPool<Float32Array, string>['run']): Ear {
  threads = [];
  ears = makeEars({
    recognizers: recognizers(run),
    spawnListener() {
      const thread = new Worker(new URL(script, import.meta.url));
      threads.push(thread);
      return thread;
    },
  });
  return ears.open({ sampleRateHertz: 16_000, endOfTurnMs: 500 });
}
afterEach(() => ears.close());

/** 100 ms each. */
const hears = (ear: Ear, ...bytes: readonly number[]): void => {
  for (const byte of bytes) ear.accept(new Uint8Array(3200).fill(byte));
};
/** Whether words are shown before the turn is over depends on who is faster. */
const withoutPartials = (events: readonly EarEvent[]): EarEvent[] => events.filter(({ type }) => type !== 'partial');
const died = (thread: Worker | undefined): Promise<unknown> => new Promise((gone) => thread?.once('exit', gone));

describe('an ear', () => {
  it('tells a turn with its words and its times', async () => {
    const ear = open();
    hears(ear, 1, 5, 2, 4, 3);
    expect(withoutPartials(await listen(ear, 1))).toEqual([
      { type: 'speech-started', atMs: 1000 },
      { type: 'utterance', text: 'Good morning.', startMs: 1000, endMs: 2000, atMs: 2500 },
    ]);
  });

  it('shows the newest words of those it has', async () => {
    const ear = open();
    hears(ear, 1, 5);
    const shown: EarEvent[] = [];
    for await (const event of ear.events) {
      shown.push(event);
      if (event.type === 'partial') break;
    }
    expect(shown).toEqual([
      { type: 'speech-started', atMs: 1000 },
      { type: 'partial', text: 'Goo' },
    ]);
  });

  it('puts samples together that came in halves', async () => {
    const ear = open();
    ear.accept(Uint8Array.of(1));
    ear.accept(Uint8Array.of(0, 3));
    ear.accept(Uint8Array.of(0));
    expect((await listen(ear, 1)).map(({ type }) => type)).toEqual(['speech-started', 'utterance']);
  });

  it('goes on after its listener died: the turn under way ends there, the clock goes on', async () => {
    const ear = open();
    const [first] = threads;
    hears(ear, 1, 2, 9, 0);
    await died(first);
    hears(ear, 1, 2, 3);
    expect(withoutPartials(await listen(ear, 2))).toEqual([
      { type: 'speech-started', atMs: 1000 },
      { type: 'utterance', text: 'Good', startMs: 1000, endMs: 400, atMs: 400 },
      { type: 'speech-started', atMs: 1400 },
      { type: 'utterance', text: 'Good', startMs: 1400, endMs: 2400, atMs: 2900 },
    ]);
    expect(threads.length).toBe(2);
  });

  it('ends with a clear error when its listener cannot live', async () => {
    const ear = open('./support/no-such-file.ts');
    await expect(Array.fromAsync(ear.events)).rejects.toThrow('Listening failed.');
    const next = ears.open({ sampleRateHertz: 16_000, endOfTurnMs: 500 });
    await expect(Array.fromAsync(next.events)).rejects.toThrow('Listening failed.');
    expect(threads.length).toBeLessThanOrEqual(2);
  });

  it('ends with a clear error when its words cannot be recognized', async () => {
    const ear = open(undefined, () => Promise.reject(new Error('A worker thread ended with exit code 1.')));
    hears(ear, 1, 2, 3);
    await expect(Array.fromAsync(ear.events)).rejects.toThrow('The recognizer failed.');
  });

  it('hears nothing more once it is closed', async () => {
    const ear = open();
    ear.close();
    hears(ear, 1, 2, 3);
    expect(await Array.fromAsync(ear.events)).toEqual([]);
  });

  it('holds no more than two minutes that nobody has heard yet', async () => {
    const ear = open();
    const minute = new Uint8Array(60 * 32_000);
    minute.fill(0);
    for (let i = 0; i < 10; i++) ear.accept(minute);
    // Dropped: it comes too soon after ten minutes.
    hears(ear, 1);
    await new Promise((heard) => threads[0]?.once('message', heard));
    ear.close();
    expect(await Array.fromAsync(ear.events)).toEqual([]);
  });
});
