import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, dial } from './support/caller.ts';
import { isOver, startTalk, type TalkHarness } from './support/talk.ts';

const CALLS = 20;
/** Each call starts two processes of its own; a machine of two cores starts the processes of some at once, not of all. */
const DIALING_AT_ONCE = 4;
const FIRST = 'When are you open on Saturday?';
const QUESTIONS = [
  ['What does a puncture cost?', /15 euros/],
  ['What does a new chain cost?', /45 euros/],
  ['How long does a brake service take?', /half a day/],
] as const;

interface OpenCall {
  readonly caller: Caller;
  readonly callId: string;
}

const questionOf = (index: number): readonly [string, RegExp] => QUESTIONS[index % QUESTIONS.length] ?? QUESTIONS[0];

async function ask(caller: Caller, question: string, answer: RegExp): Promise<void> {
  const answered = caller.answer(answer);
  caller.type(question);
  await answered;
}

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

  it('are each answered what they asked, lose no frame, and have a record', async () => {
    const open = async (): Promise<OpenCall> => {
      const caller = await dial(await harness.newTicket('relay'));
      callers.push(caller);
      const { callId } = await caller.start();
      await ask(caller, FIRST, /9:00 to 13:00|nine/i);
      return { caller, callId };
    };
    const calls: OpenCall[] = [];
    while (calls.length < CALLS) {
      calls.push(...(await Promise.all(Array.from({ length: DIALING_AT_ONCE }, open))));
    }
    await Promise.all(calls.map(({ caller }, index) => ask(caller, ...questionOf(index))));
    await Promise.all(calls.map(({ caller }) => caller.quiet().then(caller.leave)));
    const records = await Promise.all(calls.map(({ callId }) => harness.recordWhen(callId, isOver)));
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(CALLS);
    expect(
      records.map(({ status, transcript }) => ({
        status,
        questions: transcript.flatMap(({ role, text }) => (role === 'user' ? [text] : [])),
      })),
    ).toEqual(calls.map((_, index) => ({ status: 'completed', questions: [FIRST, questionOf(index)[0]] })));
    for (const { heard } of callers) {
      const seqs = heard.flatMap((message) => (message.type === 'audio' ? [message.seq] : []));
      expect(seqs).toEqual(seqs.map((_, index) => index));
      expect(heard.filter(({ type }) => type === 'warning' || type === 'problem')).toEqual([]);
    }
  }, 240_000);
});
