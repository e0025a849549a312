import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { energyGate, levelDb } from '../../web/voice/energy-gate.ts';
import { frameBatch } from '../../web/voice/frame-batch.ts';
import { jitterBuffer, type PlayFrame } from '../../web/voice/jitter-buffer.ts';

const frame = (amplitude: number): Int16Array =>
  Int16Array.from({ length: 320 }, (_, index) => Math.round(amplitude * Math.sin(index / 5)));

describe('the energy gate', () => {
  const counts = (amplitudes: readonly number[]): number[] => {
    const gate = energyGate({ frameMs: 20 });
    return amplitudes.map((amplitude) => gate.push(frame(amplitude)).length);
  };

  test('sends nothing in silence, what came just before speech, speech, and a while after it', () => {
    const sent = counts([...Array<number>(50).fill(5), ...Array<number>(10).fill(6000), ...Array<number>(60).fill(5)]);
    expect({
      before: sent.slice(0, 50).every((count) => count === 0),
      first: sent[50],
      speech: sent.slice(51, 60).every((count) => count === 1),
      after: sent.slice(60).reduce((sum, count) => sum + count, 0),
    }).toEqual({ before: true, first: 16, speech: true, after: 34 });
  });

  test('learns the noise of a room, and still hears who speaks in it', () => {
    const gate = energyGate({ frameMs: 20 });
    const isOpenAfter = (amplitude: number, frames: number): boolean => {
      for (let count = 0; count < frames; count += 1) gate.push(frame(amplitude));
      return gate.isOpen();
    };
    expect([isOpenAfter(250, 700), isOpenAfter(2500, 2), isOpenAfter(250, 60)]).toEqual([false, true, false]);
  });

  test('measures loudness in dB of full scale', () => {
    expect(levelDb(new Int16Array(10))).toBe(-96);
    expect(levelDb(new Int16Array(10).fill(32_767))).toBeCloseTo(0, 2);
  });
});

test('frames are joined to those that are sent, the rest is filled up', () => {
  const batch = frameBatch({ frameSamples: 640, minSamples: 320 });
  const sent = [batch.push(new Int16Array(320)), batch.push(new Int16Array(320)), batch.push(new Int16Array(10))];
  expect([sent.map((frames) => frames.map(({ length }) => length)), batch.rest()?.length, batch.rest()]).toEqual([
    [[], [640], []],
    320,
    undefined,
  ]);
});

const RATE = 48_000;
const BLOCK = 128;
const MS = RATE / 1000;

const played = (ms: number, seq: number, turn = 1): PlayFrame => ({
  epoch: 1,
  turn,
  seq,
  samples: new Float32Array(ms * MS).fill(0.5),
});

function player() {
  const buffer = jitterBuffer({ sampleRateHertz: RATE });
  const run = (ms: number): number => {
    let loud = 0;
    for (let done = 0; done < ms * MS; done += BLOCK) {
      const output = new Float32Array(BLOCK);
      buffer.pull(output);
      loud += output.filter((sample) => sample === 0.5).length;
    }
    return Math.round(loud / MS);
  };
  return { buffer, run };
}

describe('the jitter buffer', () => {
  test('gathers a little, then plays without a gap', () => {
    const { buffer, run } = player();
    buffer.push(played(40, 0));
    const first = run(20);
    buffer.push(played(100, 1));
    const second = run(200);
    expect([first, second, buffer.position(), buffer.underruns()]).toEqual([
      0,
      140,
      { epoch: 1, turn: 1, playedMs: 140, lastPlayedSeq: 1 },
      0,
    ]);
  });

  test('plays a short word though it never fills the buffer', () => {
    const { buffer, run } = player();
    buffer.push(played(20, 0));
    expect(run(200)).toBe(20);
  });

  test('drops everything at once, fades, and tells what was played', () => {
    const { buffer, run } = player();
    buffer.push(played(1000, 0));
    run(100);
    const position = buffer.flush();
    const output = new Float32Array(BLOCK);
    buffer.pull(output);
    expect({
      playedMs: Math.round(position.playedMs / 10) * 10,
      lastPlayedSeq: position.lastPlayedSeq,
      fades: output[0] !== undefined && output[0] > 0.4 && output[BLOCK - 1] === 0,
      later: run(500),
      buffered: buffer.bufferedMs(),
    }).toEqual({ playedMs: 100, lastPlayedSeq: -1, fades: true, later: 0, buffered: 0 });
  });

  test('starts later after a network made it run dry, and sooner again when all is well', () => {
    const { buffer, run } = player();
    for (let seq = 0; seq < 8; seq += 1) {
      buffer.push(played(30, seq));
      run(150);
    }
    const slow = buffer.startMs();
    for (let turn = 2; turn < 30; turn += 1) {
      buffer.push(played(300, 100 + turn, turn));
      run(600);
    }
    expect([slow, buffer.underruns(), buffer.startMs()]).toEqual([200, 4, 60]);
  });

  test('plays every sample once and in order, however it is cut and pulled', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 16, max: 512 }), (lengths, block) => {
        const buffer = jitterBuffer({ sampleRateHertz: RATE });
        let sample = 1;
        lengths.forEach((length, seq) => {
          buffer.push({ epoch: 1, turn: 1, seq, samples: Float32Array.from({ length }, () => sample++) });
        });
        const heard: number[] = [];
        for (let pulled = 0; pulled < sample + RATE; pulled += block) {
          const output = new Float32Array(block);
          buffer.pull(output);
          if (heard.length < sample - 1) heard.push(...output.filter((value) => value >= 1));
        }
        expect(heard.slice(0, sample - 1)).toEqual(Array.from({ length: sample - 1 }, (_, index) => index + 1));
      }),
      { numRuns: 30 },
    );
  });
});
