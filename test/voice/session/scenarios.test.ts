import { describe, expect, it } from 'vitest';
import { ask, greeted, kinds, LONG, outcomeOf, spoken } from '../support/scenes.ts';

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
