import { describe, expect, it } from 'vitest';
import { type ScriptedCall, type ScriptedCallOptions, scriptedCall } from '../support/scripted-call.ts';

/** A call that has been greeted. */
async function greeted(options: ScriptedCallOptions = {}): Promise<ScriptedCall> {
  const call = scriptedCall(options);
  call.start();
  await call.clock.advance(8000);
  return call;
}

async function ask(call: ScriptedCall, text: string, thenMs = 8000): Promise<void> {
  await call.clock.until(call.line.say(text), 60_000);
  await call.clock.advance(thenMs);
}

const spoken = (call: ScriptedCall) =>
  call.book
    .entries()
    .flatMap((entry) => (entry.kind === 'turn' ? [`${entry.turnNumber} ${entry.role}: ${entry.text}`] : []));

const kinds = (call: ScriptedCall) => call.book.entries().map(({ kind }) => kind);

const outcomeOf = (call: ScriptedCall, atMostMs = 120_000) =>
  call.clock.until(call.owners.at(-1)?.outcome ?? Promise.reject(new Error('no owner')), atMostMs);

const LONG = 'the return policy is long and has many sentences that nobody wants to hear to their end at all';

describe('a caller who interrupts', () => {
  it('hears no more of the old answer, and only what was played is on record', async () => {
    const call = await greeted({ engine: { reply: (text) => ({ text: text.includes('stop') ? 'Yes?' : LONG }) } });
    await ask(call, 'tell me everything', 3500);
    await ask(call, 'stop please', 6000);
    const turns = call.book.entries().filter((entry) => entry.kind === 'turn');
    const cut = turns.find(({ interrupted }) => interrupted);
    const interruptedAt = call.line.received.findIndex(({ message }) => message.type === 'interrupted');
    const after = call.line.received.slice(interruptedAt + 1).map(({ message }) => message);
    expect({
      kinds: kinds(call),
      isBeginning:
        cut !== undefined && LONG.startsWith(cut.text) && cut.text.length < LONG.length / 2 && cut.text.length > 5,
      wholeWords: LONG.split(' ').includes(cut?.text.split(' ').at(-1) ?? ''),
      laterAudioOfOldTurn: after.filter((message) => message.type === 'audio' && message.turn === 1).length,
      last: spoken(call).slice(-2),
      interruption: call.book.entries().find(({ kind }) => kind === 'interruption'),
    }).toEqual({
      kinds: ['turn', 'turn', 'turn', 'interruption', 'turn', 'turn'],
      isBeginning: true,
      wholeWords: true,
      laterAudioOfOldTurn: 0,
      last: ['2 user: stop please', '2 assistant: Yes?'],
      interruption: expect.objectContaining({ turnNumber: 1, toSilenceMs: expect.any(Number) }),
    });
  });

  it('is understood on a device that reports nothing: elapsed time tells what was played', async () => {
    const call = await greeted({
      line: { reports: false },
      engine: { reply: (text) => ({ text: text.includes('stop') ? 'Yes?' : LONG }) },
    });
    await ask(call, 'tell me everything', 3500);
    await ask(call, 'stop please', 6000);
    const cut = call.book.entries().find((entry) => entry.kind === 'turn' && entry.interrupted);
    expect(
      cut?.kind === 'turn' && cut.text.length > 5 && cut.text.length < LONG.length / 2 && LONG.startsWith(cut.text),
    ).toBe(true);
  });
});

describe('a tool', () => {
  const tool = { name: 'askAgent', input: { question: 'order 5' } };

  it('is answered once; a slow one is bridged by a filler; the client sees it work', async () => {
    const call = await greeted({
      engine: { reply: () => ({ text: 'It is on its way.', tool }) },
      brain: { answer: () => ({ answer: 'shipped', afterMs: 3000, clauseIds: ['c7'] }) },
    });
    await ask(call, 'where is my order', 14_000);
    expect({
      spoken: spoken(call),
      tools: call.line.messages('tool').map(({ status }) => status),
      results: call.engine.inputs.filter(({ type }) => type === 'tool-result').length,
      entry: call.book.entries().find(({ kind }) => kind === 'tool'),
    }).toEqual({
      spoken: [
        '0 assistant: Hello, this is Cozy Comfort. How can I help you?',
        '1 user: where is my order',
        '1 assistant: One moment, let me check.',
        '1 assistant: It is on its way.',
      ],
      tools: ['started', 'finished'],
      results: 1,
      entry: expect.objectContaining({ name: 'askAgent', status: 'success', turnNumber: 1, clauseIds: ['c7'] }),
    });
  });

  it('that takes too long is answered with a failure, and its late result goes nowhere', async () => {
    const call = await greeted({
      engine: { reply: () => ({ text: 'I could not find out.', tool }) },
      brain: { answer: () => ({ answer: 'late', afterMs: 20_000 }) },
    });
    await ask(call, 'where is my order', 30_000);
    expect({
      entries: call.book.entries().filter(({ kind }) => kind === 'tool'),
      results: call.engine.inputs.filter(({ type }) => type === 'tool-result').length,
      last: spoken(call).at(-1),
    }).toEqual({
      entries: [expect.objectContaining({ status: 'timeout' })],
      results: 1,
      last: '1 assistant: I could not find out.',
    });
  });

  it('whose stream breaks is discarded, and its question is answered by the next stream', async () => {
    let uses = 0;
    const call = await greeted({
      engine: { reply: () => (uses++ === 0 ? { text: 'never said', tool } : { text: 'Here you are.' }) },
      brain: { answer: () => ({ answer: 'x', afterMs: 5000 }) },
    });
    await ask(call, 'where is my order', 1500);
    call.engine.breakStreams('unavailable');
    await call.clock.advance(9000);
    expect({
      tools: call.book.entries().filter(({ kind }) => kind === 'tool'),
      results: call.engine.inputs.filter(({ type }) => type === 'tool-result').length,
      last: spoken(call).slice(-1),
      kinds: kinds(call).filter((kind) => kind === 'renewal'),
    }).toEqual({
      tools: [expect.objectContaining({ status: 'discarded' })],
      results: 0,
      last: ['1 assistant: Here you are.'],
      kinds: ['renewal'],
    });
  });

  it('that hands off tells client and record, lets the agent say so, then ends', async () => {
    const call = await greeted({
      engine: { reply: () => ({ text: 'A colleague takes over now.', tool }) },
      brain: { answer: () => ({ answer: 'x', handoff: { reason: 'angry', summary: 'Order 5 is late.' } }) },
    });
    await ask(call, 'give me a person', 0);
    expect({
      outcome: await outcomeOf(call),
      handoffs: call.line.messages('handoff'),
      last: spoken(call).at(-1),
      checkpoint: call.book.checkpoint()?.handoff,
    }).toEqual({
      outcome: { how: 'ended', reason: 'handed-off' },
      handoffs: [{ type: 'handoff', epoch: 1, reason: 'angry', summary: 'Order 5 is late.' }],
      last: '1 assistant: A colleague takes over now.',
      checkpoint: { reason: 'angry', summary: 'Order 5 is late.' },
    });
  });

  it('ends the call after the goodbye was played, unless the caller goes on', async () => {
    let uses = 0;
    const call = await greeted({
      engine: {
        reply: (text) =>
          text.includes('bye')
            ? { text: `Goodbye ${++uses}.`, tool: { name: 'endCall', input: { reason: 'done' } } }
            : { text: 'Sure.' },
      },
    });
    await ask(call, 'bye', 1500);
    await ask(call, 'wait one more thing', 6000);
    const wentOn = call.book.finished.length === 0;
    await ask(call, 'bye now', 0);
    expect({ wentOn, outcome: await outcomeOf(call), last: spoken(call).at(-1) }).toEqual({
      wentOn: true,
      outcome: { how: 'ended', reason: 'agent-ended' },
      last: '3 assistant: Goodbye 2.',
    });
  });
});

describe('silence', () => {
  it('is asked about twice, then ends the call politely', async () => {
    const call = await greeted();
    expect({ outcome: await outcomeOf(call, 200_000), spoken: spoken(call), closes: call.line.closes }).toEqual({
      outcome: { how: 'ended', reason: 'idle' },
      spoken: [
        '0 assistant: Hello, this is Cozy Comfort. How can I help you?',
        '0 assistant: Are you still there?',
        '0 assistant: Are you still there?',
        '0 assistant: I cannot hear you any more, so I will end the call now. Goodbye.',
      ],
      closes: [{ epoch: 1, code: 4408 }],
    });
  });
});

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

describe('money and time', () => {
  it('warn, steer and end the call with a polite sentence', async () => {
    const call = await greeted({ book: { limits: { callBudgetMicroUsd: 30_000 } } });
    for (let i = 0; i < 20 && call.book.finished.length === 0; i++) await ask(call, `question ${i}`, 5000);
    expect({
      outcome: await outcomeOf(call),
      warnings: call.line.messages('warning').map(({ code }) => code),
      notes: call.engine.inputs.filter((input) => input.type === 'text' && input.role === 'note').length,
      last: spoken(call).at(-1),
      entry: kinds(call).includes('warning'),
    }).toEqual({
      outcome: { how: 'ended', reason: 'budget-exhausted' },
      warnings: ['budget'],
      notes: 1,
      last: expect.stringContaining('I have to end our call here.'),
      entry: true,
    });
  });

  it('are told every five seconds', async () => {
    const call = await greeted();
    await ask(call, 'hello', 12_000);
    expect(call.line.messages('meter').at(-1)).toEqual({
      type: 'meter',
      epoch: 1,
      costMicroUsd: expect.any(Number),
      answerLatencyMs: expect.any(Number),
      elapsedSeconds: 20,
    });
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

describe('keys and typed words', () => {
  it('are turns like spoken ones', async () => {
    const call = await greeted();
    call.line.tell({ type: 'text', text: 'typed words' });
    await call.clock.advance(6000);
    for (const digits of ['1', '2', '#']) call.line.tell({ type: 'dtmf', digits });
    await call.clock.advance(9000);
    expect(spoken(call).slice(1)).toEqual([
      '1 user: typed words',
      '1 assistant: You said typed words.',
      '2 user: I pressed 1 2 # on the keypad.',
      '2 assistant: You said I pressed 1 2 # on the keypad..',
    ]);
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

describe('a recording', () => {
  const client = {
    inputSampleRateHertz: 16_000,
    outputSampleRateHertz: 24_000,
    voice: 'tiffany',
    language: 'en-US',
    recordingConsent: false,
  };
  const recorded = (briefing: Record<string, unknown>) => {
    const heard = { caller: 0, agent: 0, opened: 0, stored: 0 };
    const openRecorder = () => {
      heard.opened++;
      return {
        caller: () => void heard.caller++,
        agent: () => void heard.agent++,
        cut: () => undefined,
        close: async () => void heard.stored++,
      };
    };
    const options = { book: { settings: { recording: { enabled: true } }, briefing }, deps: { openRecorder } };
    return { heard, options };
  };

  it('has both sides when the caller agreed, and is stored at the end', async () => {
    const { heard, options } = recorded({ client: { ...client, recordingConsent: true } });
    const call = await greeted(options);
    await ask(call, 'hello');
    call.line.tell({ type: 'session.end' });
    await outcomeOf(call);
    expect({ ...heard, caller: heard.caller > 10, agent: heard.agent > 10, finished: call.book.finished }).toEqual({
      opened: 1,
      stored: 1,
      caller: true,
      agent: true,
      finished: [{ status: 'completed', reason: 'client-ended' }],
    });
  });

  it('is not made without consent', async () => {
    const { heard, options } = recorded({ client });
    await ask(await greeted(options), 'hello');
    expect(heard).toEqual({ opened: 0, stored: 0, caller: 0, agent: 0 });
  });

  it('is announced on the phone before anything else is said', async () => {
    const { heard, options } = recorded({ client, channel: 'phone' });
    const call = await greeted(options);
    expect({ opened: heard.opened, first: spoken(call)[0] }).toEqual({
      opened: 1,
      first: '0 assistant: This call is recorded. Hello, this is Cozy Comfort. How can I help you?',
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

describe('a session in another language', () => {
  it('greets and asks in it', async () => {
    const call = await greeted({ book: { settings: { language: 'de-DE' } } });
    await call.clock.advance(40_000);
    expect(spoken(call)).toEqual([
      '0 assistant: Guten Tag, hier ist Cozy Comfort. Wie kann ich Ihnen helfen?',
      '0 assistant: Sind Sie noch da?',
    ]);
  });
});
