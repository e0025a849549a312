import { describe, expect, it } from 'vitest';
import { askingMachine, FRAME_MS, type Question } from '../../cli/talk/asking-machine.ts';

const live = { phase: 'live', isPlaying: false } as const;
const greeting = {
  type: 'transcript',
  epoch: 1,
  turn: 0,
  role: 'assistant',
  stage: 'final',
  text: 'Welcome.',
} as const;
const answer = { ...greeting, turn: 1, text: 'For 100 nights.' } as const;

/** What is done from a moment to another, frame by frame. */
function during(machine: ReturnType<typeof askingMachine>, fromMs: number, toMs: number, isPlaying = false) {
  const acts = [];
  for (let nowMs = fromMs; nowMs < toMs; nowMs += FRAME_MS) acts.push(...machine.tick({ ...live, isPlaying, nowMs }));
  return acts;
}

describe('a call that asks one question', () => {
  const typed: Question = { words: 'How long?' };

  it('lets the agent greet first, and leaves when it was answered', () => {
    const machine = askingMachine(typed);
    machine.hear(greeting, 1_000);
    expect(during(machine, 1_000, 3_000, true)).toEqual([]);
    expect(during(machine, 3_000, 4_000)).toEqual([{ type: 'text', text: 'How long?' }]);
    machine.hear(answer, 5_000);
    expect(during(machine, 5_000, 8_000, true)).toEqual([]);
    expect(during(machine, 8_000, 11_000)).toEqual([{ type: 'end' }]);
    expect({ hasAnswer: machine.hasAnswer(), isLate: (machine.latencyMs() ?? 0) > 1_500 }).toEqual({
      hasAnswer: true,
      isLate: true,
    });
  });

  it('speaks first when nobody greets, and gives up after a minute of silence', () => {
    const machine = askingMachine(typed);
    expect(during(machine, 0, 2_900)).toEqual([]);
    expect(during(machine, 2_900, 4_000)).toEqual([{ type: 'text', text: 'How long?' }]);
    expect(during(machine, 4_000, 60_000)).toEqual([]);
    expect(during(machine, 60_000, 66_000)).toEqual([{ type: 'end' }]);
    expect(machine.hasAnswer()).toBe(false);
  });

  it('says a recording in frames of 40 ms and keeps the microphone open after it', () => {
    const machine = askingMachine({ pcm: new Uint8Array(32 * 100).fill(1) });
    const said = during(machine, 0, 10_000).flatMap((act) => (act.type === 'say' ? [act.pcm] : []));
    expect({
      frames: said.length,
      sizes: new Set(said.map(({ length }) => length)),
      words: said.flatMap((pcm) => [...pcm]).filter((byte) => byte === 1).length,
    }).toEqual({
      frames: 3 + 38,
      sizes: new Set([1280]),
      words: 3_200,
    });
  });

  it('waits for what is looked up, and takes no half answer that was cut off for one', () => {
    const machine = askingMachine(typed);
    machine.hear(greeting, 0);
    during(machine, 0, 500);
    machine.hear(answer, 1_000);
    machine.hear({ type: 'interrupted', epoch: 1, turn: 1 }, 1_100);
    machine.hear(
      { type: 'tool', epoch: 1, turn: 2, toolUseId: 't', name: 'search', status: 'started' } as never,
      1_200,
    );
    expect(during(machine, 1_200, 30_000)).toEqual([]);
    expect(machine.hasAnswer()).toBe(false);
  });
});
