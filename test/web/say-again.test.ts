import { expect, test } from 'vitest';
import { pacedAudio } from '../../web/voice/paced-audio.ts';
import { IDLE, type SessionEffect, type SessionEvent, step } from '../../web/voice/session-machine.ts';

const ready = (epoch: number, resendAfterSeq?: number): SessionEvent => ({
  type: 'message',
  connection: 1,
  message: {
    type: 'session.ready',
    callId: '019ab3c4-0000-7000-8000-000000000001',
    resumeToken: 'token',
    epoch,
    engine: 'nova-sonic',
    voice: 'tiffany',
    language: 'en-US',
    outputSampleRateHertz: 24_000,
    agentName: 'A',
    ...(resendAfterSeq !== undefined && { resendAfterSeq }),
  },
});

/** Effects that say something again, of a call in which so many frames were said first. */
function saidAgain(frames: number, ...events: readonly SessionEvent[]): readonly (readonly number[])[] {
  const all: SessionEffect[] = [];
  let state = IDLE;
  const speech = Array.from({ length: frames }, (_, index): SessionEvent => ({ type: 'audio', audio: `${index}` }));
  const start: readonly SessionEvent[] = [
    { type: 'start', route: 'relay' },
    { type: 'opened', connection: 1 },
    ready(1),
  ];
  for (const event of [...start, ...speech, ...events]) {
    const next = step(state, event);
    state = next.state;
    all.push(...next.effects);
  }
  return all.flatMap((effect) => (effect.type === 'send-again' ? [effect.frames.map(({ seq }) => seq)] : []));
}

test('a client says again what a new owner of the call has not heard, fifteen seconds at most', () => {
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  expect([
    saidAgain(10, ready(2, 6)),
    saidAgain(10, ready(2, -1)),
    saidAgain(10, ready(2, 9)),
    saidAgain(10, ready(2)),
    saidAgain(10, ready(3), ready(2, 3)),
    saidAgain(1000, ready(2, -1)),
  ]).toEqual([[[7, 8, 9]], [numbers(0, 10)], [], [], [], [numbers(813, 1000)]]);
});

test('what is said again goes out in small lots, and what is said meanwhile after it', () => {
  const sent: number[] = [];
  const timers: (() => void)[] = [];
  const audio = pacedAudio(
    ({ seq }) => sent.push(seq),
    (work) => timers.push(work),
  );
  const frame = (seq: number) => ({ type: 'audio' as const, seq, audio: '' });
  audio.say(frame(30), 1);
  audio.sayAgain(
    Array.from({ length: 25 }, (_, index) => frame(index + 6)),
    1,
  );
  audio.say(frame(31), 1);
  const first = sent.length;
  while (timers.length > 0) timers.shift()?.();
  audio.say(frame(32), 1);
  expect({ first, sent }).toEqual({
    first: 11,
    sent: [30, ...Array.from({ length: 25 }, (_, index) => index + 6), 31, 32],
  });
});
