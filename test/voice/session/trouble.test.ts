import { describe, expect, it } from 'vitest';
import { ask, greeted, kinds, LONG, outcomeOf, spoken } from '../support/scenes.ts';
import { scriptedCall } from '../support/scripted-call.ts';

describe('an engine that fails', () => {
  it('in the middle of a sentence of the caller hears it again from its beginning', async () => {
    const call = await greeted();
    const said = call.line.say('i would like to know what your return policy is');
    await call.clock.advance(1200);
    call.engine.breakStreams('unavailable');
    await call.clock.until(said, 20_000);
    await call.clock.advance(9000);
    expect(spoken(call).slice(1)).toEqual([
      '1 user: i would like to know what your return policy is',
      '1 assistant: You said i would like to know what your return policy is.',
    ]);
  });

  it('for good is followed by the cascade, and the record says so', async () => {
    const call = await greeted({ fallback: {} });
    call.engine.failOpenings(...Array.from({ length: 9 }, () => 'unavailable' as const));
    call.engine.breakStreams('unavailable');
    await call.clock.advance(20_000);
    await ask(call, 'are you there');
    expect({
      change: call.book.entries().find(({ kind }) => kind === 'engine-change'),
      warning: call.line.messages('warning').map(({ code }) => code),
      openings: call.fallback?.opened.length,
      last: spoken(call).slice(-2),
      engine: call.book.checkpoint()?.engine,
    }).toEqual({
      change: expect.objectContaining({ from: 'nova-sonic', to: 'cascade', reason: 'unavailable' }),
      warning: ['engine-changed'],
      openings: 1,
      last: ['1 user: are you there', '1 assistant: You said are you there.'],
      engine: 'cascade',
    });
  });

  it('at the very start, with nothing to fall to, ends the call with a problem that says why', async () => {
    const call = scriptedCall();
    call.engine.failOpenings('denied');
    const owner = call.start();
    expect({
      outcome: await call.clock.until(owner.outcome, 60_000),
      problems: call.line.messages('problem').map(({ code, closeCode }) => ({ code, closeCode })),
      closes: call.line.closes,
      finished: call.book.finished,
    }).toEqual({
      outcome: { how: 'ended', reason: 'failed' },
      problems: [{ code: 'engine-unavailable', closeCode: 4500 }],
      closes: [{ epoch: 1, code: 4500 }],
      finished: [{ status: 'failed', reason: 'failed' }],
    });
  });

  it('over refused content apologises and does not ask the same again', async () => {
    const call = await greeted({
      engine: { reply: (text) => ({ text: `You said ${text}.`, isMute: text.includes('bad') }) },
    });
    await ask(call, 'something bad', 1000);
    call.engine.breakStreams('filtered');
    await call.clock.advance(8000);
    await ask(call, 'something good');
    expect(spoken(call).slice(1)).toEqual([
      '1 user: something bad',
      '1 assistant: I am sorry, I cannot help with that. Is there anything else?',
      '2 user: something good',
      '2 assistant: You said something good.',
    ]);
  });

  it('never restarts without end: a model that always dies is given up', async () => {
    const call = scriptedCall();
    call.engine.failOpenings(...Array.from({ length: 50 }, () => 'throttled' as const));
    const owner = call.start();
    const outcome = await call.clock.until(owner.outcome, 60_000);
    expect({ outcome, opened: call.engine.opened.length }).toEqual({
      outcome: { how: 'ended', reason: 'failed' },
      opened: 0,
    });
  });

  it('that owes an answer is asked again', async () => {
    let times = 0;
    const call = await greeted({ engine: { reply: (text) => ({ text: `You said ${text}.`, isMute: times++ === 0 }) } });
    await ask(call, 'hello', 16_000);
    expect(spoken(call).slice(1)).toEqual(['1 user: hello', '1 assistant: You said hello.']);
  });
});

describe('renewal', () => {
  it('happens in a pause without a gap, on a second line that is given back', async () => {
    const call = await greeted();
    for (let minute = 0; minute < 7; minute++) {
      await ask(call, `question ${minute}`, 28_000);
      await ask(call, `more on ${minute}`, 28_000);
    }
    expect({
      renewal: call.book.entries().filter(({ kind }) => kind === 'renewal'),
      freeLines: call.book.freeLines(),
      live: call.engine.live(),
      history: call.engine.opened.at(-1)?.history[0]?.role,
    }).toEqual({
      renewal: [expect.objectContaining({ cause: 'age', gapMs: 0 })],
      freeLines: 1,
      live: 1,
      history: 'assistant',
    });
  });

  it('without a second line closes before it opens, and still hears everything', async () => {
    const call = await greeted({ book: { extraLines: 0 } });
    for (let half = 0; half < 15; half++) await ask(call, `this is question ${half}`, 26_000);
    const questions = spoken(call).filter((line) => line.includes('user:'));
    expect({
      renewals: call.book.entries().filter(({ kind }) => kind === 'renewal').length,
      questions: questions.length,
      answers: spoken(call).filter((line) => line.includes('You said')).length,
    }).toEqual({ renewals: 1, questions: 15, answers: 15 });
  });
});

describe('a connection that drops', () => {
  it('is waited for; what the caller missed is said again', async () => {
    const call = await greeted({ engine: { reply: () => ({ text: LONG }) } });
    await ask(call, 'tell me everything', 2500);
    call.line.disconnect();
    await call.clock.advance(20_000);
    call.line.resume('resume-me');
    await call.clock.advance(9000);
    expect({
      readies: call.line.messages('session.ready').length,
      last: spoken(call).at(-1),
      finished: call.book.finished,
    }).toEqual({ readies: 2, last: `1 assistant: ${LONG}`, finished: [] });
  });

  it('and does not come back within a minute ends the call', async () => {
    const call = await greeted();
    call.line.disconnect();
    const droppedAt = call.clock.now();
    const outcome = await outcomeOf(call);
    expect({ outcome, afterMs: call.clock.now() - droppedAt }).toEqual({
      outcome: { how: 'ended', reason: 'client-gone' },
      afterMs: expect.closeTo(60_000, -3),
    });
  });

  it('is not resumed by somebody with a wrong token', async () => {
    const call = await greeted();
    call.line.disconnect();
    await call.clock.advance(1000);
    call.line.resume('guessed');
    expect(await outcomeOf(call)).toEqual({ how: 'ended', reason: 'client-gone' });
  });
});

describe('an owner that is lost', () => {
  it('is followed by one that says so and answers what was unanswered', async () => {
    const call = await greeted({ brain: {}, engine: { reply: (text) => ({ text: `You said ${text}.` }) } });
    await ask(call, 'where is my order', 1100);
    call.owners[0]?.kill();
    await call.clock.advance(500);
    call.takeOver();
    await call.clock.advance(12_000);
    expect({ spoken: spoken(call), kinds: kinds(call).filter((kind) => kind !== 'turn') }).toEqual({
      spoken: [
        '0 assistant: Hello, this is Cozy Comfort. How can I help you?',
        '1 user: where is my order',
        '1 assistant: Sorry, I lost you for a second. You said where is my order.',
      ],
      kinds: ['takeover'],
    });
  });

  it('and comes back late can send and store nothing', async () => {
    const call = await greeted();
    const successor = call.takeOver();
    await call.clock.advance(30);
    const claimedAt = call.book.ownerSince[1]?.atMs ?? 0;
    await call.clock.advance(15_000);
    expect({
      first: await call.owners[0]?.outcome,
      violations: call.book.violations,
      lateFrames: call.line.received.filter(({ epoch, atMs }) => epoch === 1 && atMs > claimedAt + 5100).length,
      owner: successor.epoch,
    }).toEqual({ first: { how: 'fenced' }, violations: [], lateFrames: 0, owner: 2 });
  });

  it('that cannot renew its lease falls silent before it ends', async () => {
    const call = await greeted();
    call.book.failNext('renew', 100);
    await ask(call, 'hello', 20_000);
    const last = Math.max(...call.line.received.map(({ atMs }) => atMs));
    expect({
      outcome: await outcomeOf(call),
      last: last < call.clock.now() - 5000,
      finished: call.book.finished,
    }).toEqual({
      outcome: { how: 'fenced' },
      last: true,
      finished: [],
    });
  });
});

describe('a store that fails for a while', () => {
  it('loses nothing: entries are stored later, in order, once', async () => {
    const call = await greeted();
    call.book.failNext('record', 5);
    await ask(call, 'hello', 16_000);
    expect({
      spoken: spoken(call).slice(1),
      seqs: call.book.entries().map(({ seq }) => seq),
      violations: call.book.violations,
    }).toEqual({ spoken: ['1 user: hello', '1 assistant: You said hello.'], seqs: [0, 1, 2], violations: [] });
  });

  it('tells callers their words only once they are stored', async () => {
    const call = await greeted();
    call.book.failNext('record', 5);
    const told = () =>
      call.line.received.flatMap(({ message }) =>
        message.type === 'transcript' && message.role === 'user' && message.stage === 'final' ? [message.text] : [],
      );
    await ask(call, 'hello', 3000);
    const before = { told: told(), stored: spoken(call).slice(1) };
    await call.clock.advance(13_000);
    expect({ before, told: told() }).toEqual({ before: { told: [], stored: [] }, told: ['hello'] });
  });

  it('does not keep a call from ending: finishing is tried again', async () => {
    const call = await greeted();
    call.book.failNext('finish', 2);
    call.line.tell({ type: 'session.end' });
    expect({ outcome: await outcomeOf(call), finished: call.book.finished }).toEqual({
      outcome: { how: 'ended', reason: 'client-ended' },
      finished: [{ status: 'completed', reason: 'client-ended' }],
    });
  });
});

describe('a start that fails', () => {
  it('is tried again while the agent wakes up', async () => {
    const call = await greeted({ brain: { failingDescriptions: 2 } });
    await call.clock.advance(6000);
    expect(spoken(call)).toEqual(['0 assistant: Hello, this is Cozy Comfort. How can I help you?']);
  });

  it('tells the caller when the agent cannot be reached, and ends', async () => {
    const call = scriptedCall({ brain: { failingDescriptions: 9 } });
    call.start();
    expect({ outcome: await outcomeOf(call), problems: call.line.messages('problem').map(({ code }) => code) }).toEqual(
      {
        outcome: { how: 'ended', reason: 'failed' },
        problems: ['agent-unreachable'],
      },
    );
  });

  it('closes the record of a call whose caller cannot be reached', async () => {
    const call = scriptedCall({ deps: { connect: () => Promise.reject(new Error('gone')) } });
    call.start();
    expect({ outcome: await outcomeOf(call), finished: call.book.finished }).toEqual({
      outcome: { how: 'ended', reason: 'failed' },
      finished: [{ status: 'failed', reason: 'failed' }],
    });
  });
});

describe('a renewal that finds no pause', () => {
  it('is forced, and the sentence that was being spoken is heard whole by the next stream', async () => {
    const call = await greeted({
      engine: { renewal: { armAfterMs: 12_000, forceAfterMs: 15_000 }, reply: () => ({ text: 'I see.' }) },
    });
    // Speech from before the renewal is due until after it is forced.
    const words = Array.from({ length: 36 }, (_, index) => `word${index}`).join(' ');
    await call.clock.advance(2500);
    await ask(call, words, 6000);
    expect({
      kinds: kinds(call).filter((kind) => kind === 'renewal').length > 0,
      spoken: spoken(call).slice(1),
    }).toEqual({
      kinds: true,
      spoken: [`1 user: ${words}`, '1 assistant: I see.'],
    });
  });
});
