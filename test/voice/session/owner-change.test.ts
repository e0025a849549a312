import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScriptedCall, type ScriptedCallOptions, scriptedCall } from '../support/scripted-call.ts';

async function greeted(options: ScriptedCallOptions = {}): Promise<ScriptedCall> {
  const call = scriptedCall(options);
  call.start();
  await call.clock.advance(8000);
  return call;
}

const sentence = (words: number): string => Array.from({ length: words }, (_, index) => `word${index}`).join(' ');

const turnsOf = (call: ScriptedCall) => call.book.entries().filter((entry) => entry.kind === 'turn');

/** What the caller said, and how often it was answered, on record. */
const record = (call: ScriptedCall, said: string) => ({
  heard: turnsOf(call)
    .filter(({ role }) => role === 'user')
    .map(({ text }) => text),
  answers: turnsOf(call).filter(({ role, text }) => role === 'assistant' && text.includes(`You said ${said}.`)).length,
  violations: call.book.violations,
  crashes: call.logs.filter(({ code }) => code === 'voice.session.crashed'),
});

const onceAndWhole = (said: string) => ({ heard: [said], answers: 1, violations: [], crashes: [] });

async function diesWhile(call: ScriptedCall, said: string, atMs: number, successorAfterMs: number): Promise<void> {
  const saying = call.line.say(said);
  await call.clock.advance(atMs);
  call.owners.at(-1)?.kill();
  await call.clock.advance(successorAfterMs);
  call.takeOver();
  await call.clock.until(saying, 60_000);
  await call.clock.advance(16_000);
}

describe('words around a change of owner', () => {
  it('are sent again to the successor of an owner that died in the middle of them, and answered once', async () => {
    const call = await greeted();
    const said = sentence(10);
    await diesWhile(call, said, 1500, 900);
    expect({
      ...record(call, said),
      asked: call.line.messages('session.ready').map(({ epoch, resendAfterSeq }) => ({ epoch, resendAfterSeq })),
    }).toEqual({
      ...onceAndWhole(said),
      asked: [
        { epoch: 1, resendAfterSeq: undefined },
        { epoch: 2, resendAfterSeq: -1 },
        { epoch: 2, resendAfterSeq: undefined },
      ],
    });
  });

  it('are asked for after those that are on record: what was answered is not answered again', async () => {
    const call = await greeted();
    const first = 'this comes first';
    await call.clock.until(call.line.say(first), 60_000);
    await call.clock.advance(7000);
    const said = sentence(8);
    await diesWhile(call, said, 1200, 700);
    const [, asked] = call.line.messages('session.ready');
    expect({ ...record(call, said), first: record(call, first).answers, asked: asked?.resendAfterSeq }).toEqual({
      ...onceAndWhole(said),
      heard: [first, said],
      first: 1,
      asked: first.split(' ').length * 15 - 1,
    });
  });

  it('are kept and answered once whenever the owner dies and whenever its successor comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 25 }),
        fc.integer({ min: 0, max: 12_000 }),
        fc.integer({ min: 50, max: 3000 }),
        async (words, atMs, successorAfterMs) => {
          const call = await greeted();
          const said = sentence(words);
          await diesWhile(call, said, atMs, successorAfterMs);
          expect(record(call, said)).toEqual(onceAndWhole(said));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are kept and answered once over a hand-over that finds no pause', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 24, max: 34 }), fc.integer({ min: 0, max: 9000 }), async (words, atMs) => {
        // An owner of so short a life hands over in each pause, and after six seconds without one.
        const call = await greeted({
          ownerMs: 26_000,
          engine: { reply: (text) => ({ text: `You said ${text.split(' ').length} words.` }) },
        });
        await call.clock.advance(atMs);
        const said = sentence(words);
        await call.clock.until(call.line.say(said), 60_000);
        await call.clock.advance(12_000);
        expect(record(call, `${words} words`)).toEqual(onceAndWhole(said));
      }),
      { numRuns: 12 },
    );
  });

  it('are heard by the successor as they come when the client sends nothing again, but not those before', async () => {
    const call = await greeted({ line: { resends: false } });
    await diesWhile(call, sentence(20), 1500, 400);
    const [heard] = record(call, '').heard;
    expect({ end: heard?.endsWith('word18 word19'), beginning: heard?.includes('word2 ') }).toEqual({
      end: true,
      beginning: false,
    });
  });
});

const outcomeOf = (call: ScriptedCall, index = 0) =>
  call.clock.until(call.owners[index]?.outcome ?? Promise.reject(new Error('no owner')), 60_000);

describe('the gap that the death of an owner leaves', () => {
  it('is on record: from its last sign to its successor', async () => {
    const call = await greeted();
    await call.clock.advance(12_000);
    call.owners[0]?.kill();
    const killedAtMs = call.clock.now();
    await call.clock.advance(4000);
    call.takeOver();
    await call.clock.advance(3000);
    const entry = call.book.entries().find((one) => one.kind === 'takeover');
    const silentMs = (call.book.ownerSince[1]?.atMs ?? 0) - killedAtMs;
    const gapMs = entry?.kind === 'takeover' ? entry.gapMs : 0;
    // The lease is renewed every five seconds: so exactly is the last sign known.
    expect({ isLongEnough: gapMs >= silentMs, isNotMuchLonger: gapMs <= silentMs + 5100 }).toEqual({
      isLongEnough: true,
      isNotMuchLonger: true,
    });
  });
});

/** A call whose first owner can be asked to go; it does not know when it will be stopped. */
async function drained(options: ScriptedCallOptions) {
  const leaving = new AbortController();
  let owners = 0;
  const deps = {
    get signal() {
      owners += 1;
      return owners === 1 ? leaving.signal : new AbortController().signal;
    },
  };
  const call = await greeted({ ...options, deps });
  return { call, leave: () => leaving.abort(new Error('The container is drained.')) };
}

describe('an owner that is asked to go without knowing when', () => {
  it('hands its call over, and nothing of it is lost', async () => {
    const { call, leave } = await drained({ line: { kind: 'direct' } });
    leave();
    await call.clock.advance(5000);
    const said = sentence(6);
    await call.clock.until(call.line.say(said), 60_000);
    await call.clock.advance(12_000);
    expect({
      ...record(call, said),
      first: await outcomeOf(call),
      owner: call.book.owner(),
      finished: call.book.finished,
    }).toEqual({ ...onceAndWhole(said), first: { how: 'handed-over' }, owner: 2, finished: [] });
  });

  it('takes leave of a telephone caller, whose connection ends with it', async () => {
    const { call, leave } = await drained({ line: { kind: 'twilio' } });
    leave();
    expect({ outcome: await outcomeOf(call), last: turnsOf(call).at(-1)?.text }).toEqual({
      outcome: { how: 'ended', reason: 'failed' },
      last: 'I have to end our call here. Thank you for calling, and goodbye.',
    });
  });

  it('takes leave of its caller when no successor can be called', async () => {
    const { call, leave } = await drained({ line: { kind: 'direct' } });
    call.book.failNext('handOver', 3);
    leave();
    expect({ outcome: await outcomeOf(call), last: turnsOf(call).at(-1)?.text }).toEqual({
      outcome: { how: 'ended', reason: 'failed' },
      last: 'I have to end our call here. Thank you for calling, and goodbye.',
    });
  });
});

describe('a call that is ended from outside', () => {
  it('ends within one renewal of the lease, with a polite sentence and the reason', async () => {
    const call = await greeted();
    call.book.endFor('agent-retired');
    const fromMs = call.clock.now();
    const outcome = await outcomeOf(call);
    expect({
      outcome,
      isSoon: call.clock.now() - fromMs < 5000 + 15_000,
      last: turnsOf(call).at(-1)?.text,
      ended: call.line.messages('session.ended').map(({ reason }) => reason),
      closes: call.line.closes,
    }).toEqual({
      outcome: { how: 'ended', reason: 'agent-retired' },
      isSoon: true,
      last: 'I have to end our call here. Thank you for calling, and goodbye.',
      ended: ['agent-retired'],
      closes: [{ epoch: 1, code: 4409 }],
    });
  });
});
