import { describe, expect, it } from 'vitest';
import { scriptedCall } from '../support/scripted-call.ts';

const MINUTE = 60_000;

describe('a long call', () => {
  it('loses no turn in 45 minutes with six renewals, two hand-overs and a killed owner', async () => {
    const call = scriptedCall({
      ownerMs: 15 * MINUTE,
      engine: { reply: (text) => ({ text: `Answer to ${text}.` }) },
    });
    call.start();
    await call.clock.advance(10_000);
    const startMs = call.clock.now();
    const asked: string[] = [];
    let killed = false;
    while (call.clock.now() - startMs < 45 * MINUTE) {
      const question = `this is question number ${asked.length + 1} of mine`;
      asked.push(question);
      await call.clock.until(call.line.say(question), MINUTE);
      if (!killed && call.clock.now() - startMs > 20 * MINUTE) {
        killed = true;
        await call.clock.advance(1200);
        call.owners.at(-1)?.kill();
        await call.clock.advance(1000);
        call.takeOver();
      }
      await call.clock.advance(21_000 + (asked.length % 7) * 1300);
    }
    call.line.tell({ type: 'session.end' });
    await call.clock.until(call.owners.at(-1)?.outcome ?? Promise.reject(new Error('no owner')), MINUTE);

    const entries = call.book.entries();
    const turns = entries.filter((entry) => entry.kind === 'turn');
    const answered = (question: string): number =>
      turns.filter(({ role, text }) => role === 'assistant' && text.includes(`Answer to ${question}.`)).length;
    const count = (kind: string): number => entries.filter((entry) => entry.kind === kind).length;
    expect({
      unheard: asked.filter((question) => !turns.some(({ role, text }) => role === 'user' && text === question)),
      notAnsweredOnce: asked.filter((question) => answered(question) !== 1),
      seqs: entries.map(({ seq }) => seq),
      handOvers: count('hand-over'),
      takeovers: count('takeover'),
      renewals: count('renewal') >= 6,
      violations: call.book.violations,
      finished: call.book.finished,
      liveStreams: call.engine.live(),
    }).toEqual({
      unheard: [],
      notAnsweredOnce: [],
      seqs: entries.map((_, seq) => seq),
      handOvers: 2,
      takeovers: 1,
      renewals: true,
      violations: [],
      finished: [{ status: 'completed', reason: 'client-ended' }],
      liveStreams: expect.any(Number),
    });
  });
});
