import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asyncQueue } from '../../../local/core/async-queue.ts';
import { testClock } from '../../../local/core/clock.ts';
import { openSession } from '../../../local/services/bedrock-runtime/sonic/session.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';
import { closing, type Event, MODEL, opening, text } from './support/sonic-call.ts';

type Step = { readonly type: 'says' | 'types' | 'coughs' | 'begins' } | { readonly type: 'waits'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>({ type: 'says' }, { type: 'types' }, { type: 'coughs' }, { type: 'begins' }),
  fc.integer({ min: 1, max: 900 }).map((ms): Step => ({ type: 'waits', ms })),
);

/** Plays the steps against a session; gives what it said and the questions the brain was asked. */
const play = async (steps: readonly Step[]): Promise<{ events: Event[]; asked: string[] }> => {
  const clock = testClock(0);
  const { speech, ears } = scriptedSpeech();
  const asked: string[] = [];
  const input = asyncQueue<Uint8Array>(1000, () => new Error('too much input'));
  const push = (...events: readonly Event[]) => {
    for (const event of events) input.push(Buffer.from(JSON.stringify({ event })));
  };
  let ids = 0;
  const session = openSession(
    {
      clock,
      speech,
      modelId: MODEL,
      newId: () => {
        ids += 1;
        return `id${ids}`;
      },
      endOfTurnMs: { HIGH: 500, MEDIUM: 500, LOW: 500 },
      pace: 2,
      log: () => undefined,
      converse: async (_model, { messages = [] }) => {
        asked.push(messages.at(-1)?.content?.at(-1)?.text ?? '');
        const content = [{ text: 'One two three four. Five six.' }];
        return {
          output: { message: { role: 'assistant', content } },
          stopReason: 'end_turn',
          usage: undefined,
          metrics: undefined,
        };
      },
    },
    input.items,
  );
  push(...opening());
  await clock.advance(0);
  const ear = ears[0];
  const times = { startMs: 0, endMs: 0, atMs: 0 };
  for (const [index, { type, ...rest }] of steps.entries()) {
    if (type === 'says') ear?.hearsTurn(`q${index}`);
    else if (type === 'types') push(...text(`t${index}`, 'USER', `q${index}`, true));
    else if (type === 'begins') ear?.hears({ type: 'speech-started', atMs: 0 });
    else if (type === 'coughs') ear?.hears({ type: 'utterance', text: '', ...times });
    await clock.advance('ms' in rest ? Number(rest.ms) : 0);
  }
  ear?.hears({ type: 'utterance', text: '', ...times });
  // Each answer takes its turn once the one before is produced, so time passes in steps.
  for (let count = 0; count < 120; count += 1) await clock.advance(250);
  push(...closing);
  const events: Event[] = [];
  for await (const event of session.events) events.push(event as Event);
  return { events, asked };
};

test('each turn is asked about once, and audio comes only within its open container, never after an interruption', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { events, asked } = await play(steps);
      const turns = steps.flatMap(({ type }, index) => (type === 'says' || type === 'types' ? [`q${index}`] : []));
      const open = new Set<unknown>();
      const stray: Event[] = [];
      for (const event of events) {
        if (event.contentStart) open.add(event.contentStart.contentId);
        if (event.contentEnd) open.delete(event.contentEnd.contentId);
        if (event.audioOutput && !open.has(event.audioOutput.contentId)) stray.push(event);
      }
      expect([asked.toSorted(), stray, open.size]).toEqual([turns.toSorted(), [], 0]);
    }),
    { numRuns: 60 },
  );
});
