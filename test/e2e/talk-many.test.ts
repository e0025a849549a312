import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, dial } from './support/caller.ts';
import { isOver, startTalk, type TalkHarness } from './support/talk.ts';

const CALLS = 20;
/** Forty processes begin at once, an owner's and an agent's for each call, on as few as two cores. */
const STARTS_MS = 240_000;
const QUESTIONS = [
  ['What does a puncture cost?', /15 euros/],
  ['What does a new chain cost?', /45 euros/],
  ['How long does a brake service take?', /half a day/],
] as const;

describe('twenty callers at once', () => {
  let harness: TalkHarness;
  const callers: Caller[] = [];

  beforeAll(async () => {
    harness = await startTalk({ warmFunctions: 40 });
  });
  afterAll(async () => {
    for (const caller of callers) caller.hangUp();
    await harness?.stop();
  });

  it(
    'are each answered what they asked, lose no frame, and have a record',
    async () => {
      const talk = async (index: number) => {
        const [question = '', answer = /$/] = QUESTIONS[index % QUESTIONS.length] ?? [];
        const caller = await dial(await harness.newTicket('relay'));
        callers.push(caller);
        const { callId } = await caller.start();
        const answered = caller.answer(answer);
        caller.type(question);
        await answered;
        await caller.quiet();
        await caller.leave();
        return { callId, question };
      };
      const calls = await Promise.all(Array.from({ length: CALLS }, (_, index) => talk(index)));
      const records = await Promise.all(calls.map(({ callId }) => harness.recordWhen(callId, isOver)));
      expect(new Set(calls.map(({ callId }) => callId)).size).toBe(CALLS);
      expect(
        records.map(({ status, transcript }) => ({
          status,
          questions: transcript.flatMap(({ role, text }) => (role === 'user' ? [text] : [])),
        })),
      ).toEqual(calls.map(({ question }) => ({ status: 'completed', questions: [question] })));
      for (const { heard } of callers) {
        const seqs = heard.flatMap((message) => (message.type === 'audio' ? [message.seq] : []));
        expect(seqs).toEqual(seqs.map((_, index) => index));
        expect(heard.filter(({ type }) => type === 'warning' || type === 'problem')).toEqual([]);
      }
    },
    STARTS_MS,
  );
});
