import { describe, expect, it } from 'vitest';
import type { EngineInput, EngineStream } from '../../../shared/voice/engines/speech-engine.ts';
import { createCallerAudio } from '../../../shared/voice/session/caller-audio.ts';
import type { SpeechChange } from '../../../shared/voice/session/voice-activity.ts';
import { heardFrames, SPOKEN_FORMAT, spokenFrames } from '../support/spoken-frames.ts';

function ear() {
  const heard: (string | number)[] = [];
  const send = (input: EngineInput): void => {
    if (input.type !== 'audio') return;
    for (const frame of heardFrames(input.audio)) heard.push(frame ? frame.index : 'silence');
  };
  const stream: EngineStream = {
    events: (async function* () {})(),
    send,
    droppedFrames: () => 0,
    close: () => Promise.resolve(),
  };
  return { heard, ear: { stream, format: SPOKEN_FORMAT, keepAliveMs: 250 } };
}

describe("the caller's audio", () => {
  it('is heard by the stream in use; the next one hears again what it is told to, with the pauses that were left out', () => {
    const caller = createCallerAudio(SPOKEN_FORMAT, () => undefined);
    const frames = spokenFrames('one');
    const first = ear();
    caller.use(first.ear, undefined, 0);
    for (const [index, frame] of frames.slice(0, 3).entries()) caller.push(frame, 1000 + index * 20);
    caller.mute();
    for (const [index, frame] of frames.slice(3, 5).entries()) caller.push(frame, 1200 + index * 20);
    const second = ear();
    caller.use(second.ear, 1020, 1300);
    for (const [, frame] of frames.slice(5, 6).entries()) caller.push(frame, 1320);
    expect({ first: first.heard, second: second.heard }).toEqual({
      first: [0, 1, 2],
      second: [1, 2, ...Array.from({ length: 7 }, () => 'silence'), 3, 4, 5],
    });
  });

  it('is noticed as speech however much was said before, also where silence is left out', () => {
    const noticed: boolean[] = [];
    const caller = createCallerAudio(SPOKEN_FORMAT, ({ active }) => noticed.push(active));
    const frames = spokenFrames('a sentence of five words');
    for (let sentence = 0; sentence < 10; sentence++) {
      const beganMs = sentence * 10_000;
      for (const [index, frame] of frames.entries()) caller.push(frame, beganMs + index * 20);
      for (let quietMs = 2000; quietMs < 10_000; quietMs += 100) caller.tick(beganMs + quietMs);
    }
    expect(noticed).toEqual(Array.from({ length: 20 }, (_, change) => change % 2 === 0));
  });

  it('is silence where the client sends none, as long as the pause was', () => {
    const caller = createCallerAudio(SPOKEN_FORMAT, () => undefined);
    const { heard, ear: to } = ear();
    caller.use(to, undefined, 0);
    for (let nowMs = 100; nowMs <= 1000; nowMs += 100) caller.tick(nowMs);
    expect(heard.length * 20).toBe(900);
  });

  it('is not cut in the middle of a sound by frames that are late; a caller who is gone falls silent after all', () => {
    const caller = createCallerAudio(SPOKEN_FORMAT, () => undefined);
    const [first = new Uint8Array(), late = new Uint8Array()] = spokenFrames('one');
    const { heard, ear: to } = ear();
    caller.use(to, undefined, 0);
    caller.push(first, 20);
    for (let nowMs = 100; nowMs <= 800; nowMs += 100) caller.tick(nowMs);
    caller.push(late, 820);
    expect(heard).toEqual([0, 1]);
    for (let nowMs = 900; nowMs <= 2000; nowMs += 100) caller.tick(nowMs);
    expect(heard.filter((frame) => frame === 'silence')).toHaveLength((1800 - 820) / 20);
  });

  it('tells when the caller speaks, by when he began and ended', () => {
    const changes: SpeechChange[] = [];
    const caller = createCallerAudio(SPOKEN_FORMAT, (change) => changes.push(change));
    for (const [index, frame] of spokenFrames('hello there').entries()) caller.push(frame, 1020 + index * 20);
    for (let nowMs = 1700; nowMs <= 2400; nowMs += 100) caller.tick(nowMs);
    expect(changes).toEqual([
      { active: true, atMs: 1000 },
      { active: false, atMs: 1600 },
    ]);
  });

  it('is no speech when it is quiet, or only a click', () => {
    const changes: SpeechChange[] = [];
    const caller = createCallerAudio(SPOKEN_FORMAT, (change) => changes.push(change));
    const quiet = new Uint8Array(Int16Array.from({ length: 320 }, (_, at) => (at % 2 ? 60 : -60)).buffer);
    for (let index = 0; index < 50; index++) caller.push(quiet, index * 20);
    caller.push(spokenFrames('x')[0] ?? quiet, 1020);
    for (let index = 52; index < 100; index++) caller.push(quiet, index * 20);
    expect(changes).toEqual([]);
  });
});
