import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEntry } from '../../../shared/calls/call.ts';
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

const seen = (call: ScriptedCall) =>
  call.book
    .entries()
    .slice(1)
    .flatMap((entry) => {
      if (entry.kind === 'turn') {
        const who = entry.operator === undefined ? entry.role : `${entry.role} for ${entry.operator}`;
        return [`${who}: ${entry.text}${entry.interrupted ? ' —' : ''}`];
      }
      if (entry.kind === 'operator') return [`[${entry.action}${entry.text === undefined ? '' : ` ${entry.text}`}]`];
      return [`(${entry.kind})`];
    });

const outcomeOf = (call: ScriptedCall) =>
  call.clock.until(call.owners.at(-1)?.outcome ?? Promise.reject(new Error('no owner')), 120_000);

const notes = (call: ScriptedCall) =>
  call.engine.inputs.flatMap((input) => (input.type === 'text' && input.role === 'note' ? [input.text] : []));

const audioTo = (call: ScriptedCall) => call.line.messages('audio').length;

describe('an operator', () => {
  it('whispers: the model is told at once, and so is each stream and each question after; the caller hears nothing', async () => {
    const call = await greeted({
      engine: {
        reply: (text) => ({
          text: 'Done.',
          ...(text.includes('price') && { tool: { name: 'askAgent', input: { question: text } } }),
        }),
      },
    });
    const before = audioTo(call);
    call.book.command({ action: 'whisper', text: 'Offer ten percent.' });
    await call.clock.advance(3000);
    const heard = audioTo(call) - before;
    await ask(call, 'what is the price');
    call.engine.breakStreams('unavailable');
    await call.clock.advance(4000);
    expect({
      heard,
      noted: notes(call).filter((text) => text.includes('Offer ten percent.')).length,
      asked: call.brain.told,
      nextStream: call.engine.opened.at(-1)?.systemPrompt.includes('Offer ten percent.'),
      record: call.book.entries().find(({ kind }) => kind === 'operator'),
    }).toEqual({
      heard: 0,
      noted: 1,
      asked: [{ specialInstructions: 'Offer ten percent.' }],
      nextStream: true,
      record: {
        kind: 'operator',
        seq: expect.any(Number),
        atMs: expect.any(Number),
        action: 'whisper',
        commandId: expect.any(String),
        operator: 'olga@example.com',
        operatorId: 'sign-in-1',
        text: 'Offer ten percent.',
      },
    });
  });

  it('has words said exactly, when nobody else speaks; the record says whose they are', async () => {
    const call = await greeted();
    const asking = call.line.say('how are you today my dear friend');
    await call.clock.advance(700);
    call.book.command({ action: 'say', text: 'Your parcel leaves today.' });
    await call.clock.until(asking, 60_000);
    await call.clock.advance(14_000);
    expect(seen(call)).toEqual([
      '[say Your parcel leaves today.]',
      'user: how are you today my dear friend',
      'assistant: You said how are you today my dear friend.',
      'assistant for olga@example.com: Your parcel leaves today.',
    ]);
  });

  it('holds the call: the agent asks to wait, answers nothing, comforts, keeps the words, and answers them afterwards', async () => {
    const call = await greeted();
    call.book.command({ action: 'hold' });
    await call.clock.advance(6000);
    await ask(call, 'are you there', 60_000);
    call.book.command({ action: 'resume' });
    await call.clock.advance(9000);
    expect(seen(call)).toEqual([
      '[hold]',
      'assistant: One moment, please. I will be right with you.',
      'user: are you there',
      'assistant: Thank you for waiting. I will be with you again as soon as I can.',
      '[resume]',
      'assistant: You said are you there.',
    ]);
  });

  it('takes over: the agent falls silent in the middle of a word, and what the operator types is spoken and answers', async () => {
    const long = 'the return policy is long and has many sentences that nobody wants to hear to their end at all';
    const call = await greeted({ engine: { reply: () => ({ text: long }) } });
    await ask(call, 'tell me everything', 3500);
    call.book.command({ action: 'takeover', text: 'This is Olga, how can I help?' });
    await call.clock.advance(6000);
    await ask(call, 'I want my money back');
    call.book.command({ action: 'say', text: 'You will have it tomorrow.' });
    await call.clock.advance(6000);
    call.book.command({ action: 'resume' });
    await call.clock.advance(9000);
    const [question, command, cut, ...rest] = seen(call);
    expect({ question, command, isCut: cut?.endsWith(' —'), rest }).toEqual({
      question: 'user: tell me everything',
      command: '[takeover This is Olga, how can I help?]',
      isCut: true,
      rest: [
        'assistant for olga@example.com: This is Olga, how can I help?',
        'user: I want my money back',
        '[say You will have it tomorrow.]',
        'assistant for olga@example.com: You will have it tomorrow.',
        '[resume]',
      ],
    });
  });

  it('lets a muted agent neither act nor decide', async () => {
    const call = await greeted({
      engine: { reply: () => ({ text: 'Bye.', tool: { name: 'endCall', input: { reason: 'done' } } }) },
    });
    call.book.command({ action: 'takeover' });
    await call.clock.advance(1500);
    await ask(call, 'please cancel my order', 12_000);
    const tool = call.book.entries().find((entry) => entry.kind === 'tool');
    expect({ tool: tool?.kind === 'tool' && tool.status, isOver: call.book.finished }).toEqual({
      tool: 'discarded',
      isOver: [],
    });
  });

  it.each([
    { action: 'transfer', phrase: 'I am passing you on to a colleague now. One moment, please.', reason: 'handed-off' },
    {
      action: 'end',
      phrase: 'I have to end our call here. Thank you for calling, and goodbye.',
      reason: 'operator-ended',
    },
  ] as const)('ends a call by $action in words', async ({ action, phrase, reason }) => {
    const call = await greeted();
    call.book.command({ action });
    const outcome = await outcomeOf(call);
    const handoffs = call.book.entries().filter((entry) => entry.kind === 'handoff');
    expect({ outcome, said: seen(call).at(-1), handoffs: handoffs.length, finished: call.book.finished }).toEqual({
      outcome: { how: 'ended', reason },
      said: `assistant: ${phrase}`,
      handoffs: action === 'transfer' ? 1 : 0,
      finished: [{ status: 'completed', reason }],
    });
  });

  it('changes facts about the call, which reach the model at once and every stream after', async () => {
    const call = await greeted({
      book: { briefing: { contextOverride: { name: 'Ann', order: { id: 5, paid: false } } } },
    });
    call.book.command({ action: 'context', patch: { name: null, order: { paid: true } } });
    await call.clock.advance(1500);
    call.engine.breakStreams('unavailable');
    await call.clock.advance(4000);
    const facts = '{"order":{"id":5,"paid":true}}';
    expect({
      noted: notes(call).some((text) => text.endsWith(facts)),
      prompted: call.engine.opened.at(-1)?.systemPrompt.includes(facts),
      stored: call.book.checkpoint()?.control?.contextOverride,
    }).toEqual({ noted: true, prompted: true, stored: { order: { id: 5, paid: true } } });
  });

  it('is not missed: what nobody has touched for long goes back to the agent', async () => {
    const call = await greeted();
    call.book.command({ action: 'takeover' });
    await call.clock.advance(302_000);
    await ask(call, 'hello');
    expect(seen(call)).toEqual(['[takeover]', '(warning)', 'user: hello', 'assistant: You said hello.']);
  });
});

describe('the owner of an agent', () => {
  it('tells it what holds for now: within one turn in a call that goes on', async () => {
    const call = await greeted({
      engine: { reply: (text) => ({ text: 'Done.', tool: { name: 'askAgent', input: { question: text } } }) },
    });
    call.book.tellAgent({ data: { delay: '3 days' }, specialInstructions: 'Apologise for the delay.' });
    await call.clock.advance(1200);
    await ask(call, 'where is it');
    expect({
      noted: notes(call).map((text) => text.includes('"delay":"3 days"')),
      asked: call.brain.told,
    }).toEqual({
      noted: [true],
      asked: [{ data: { delay: '3 days' }, specialInstructions: 'Apologise for the delay.' }],
    });
  });
});

describe('a change of owner', () => {
  const kinds = (entries: readonly CallEntry[]) => entries.filter(({ kind }) => kind === 'operator').length;

  it('in the middle of a takeover leaves the agent mute, and says what was not said', async () => {
    const call = await greeted();
    call.book.command({ action: 'takeover' });
    await call.clock.advance(1500);
    call.book.command({ action: 'say', text: 'One last thing before you go.' });
    await call.clock.advance(1100);
    call.owners.at(-1)?.kill();
    await call.clock.advance(700);
    call.takeOver();
    await call.clock.advance(14_000);
    await ask(call, 'are you a robot');
    expect({ said: seen(call), commands: kinds(call.book.entries()) }).toEqual({
      said: [
        '[takeover]',
        '[say One last thing before you go.]',
        '(takeover)',
        'assistant: Sorry, I lost you for a second.',
        'assistant for olga@example.com: One last thing before you go.',
        'user: are you a robot',
      ],
      commands: 2,
    });
  });

  const action = fc.constantFrom('whisper', 'say', 'hold', 'resume', 'takeover', 'context' as const);
  type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;
  const happening = fc.record({
    kind: fc.constantFrom('command', 'command', 'command', 'ask', 'kill', 'break' as const),
    action,
    thenMs: fc.integer({ min: 100, max: 9000 }),
  });

  /** A call whose streams break more often is given up, and then obeys nobody. */
  const happenings = fc
    .array(happening, { minLength: 4, maxLength: 16 })
    .filter((all) => all.filter(({ kind }) => kind === 'break').length < 5);

  /** The call goes to a successor after words of the operator and of the agent that are still being played. */
  const passedOnInTheMiddle: Happening[] = [
    { kind: 'command', action: 'hold', thenMs: 5636 },
    { kind: 'command', action: 'hold', thenMs: 3066 },
    { kind: 'ask', action: 'whisper', thenMs: 5569 },
    { kind: 'command', action: 'say', thenMs: 5623 },
    { kind: 'command', action: 'takeover', thenMs: 2452 },
    { kind: 'command', action: 'context', thenMs: 4314 },
    { kind: 'command', action: 'hold', thenMs: 496 },
    { kind: 'command', action: 'whisper', thenMs: 1328 },
    { kind: 'command', action: 'whisper', thenMs: 7569 },
    { kind: 'command', action: 'say', thenMs: 1480 },
  ];

  async function happen(call: ScriptedCall, { kind, action: wish, thenMs }: Happening, index: number): Promise<void> {
    const words = wish === 'context' ? { patch: { index } } : { text: `operator words number ${index} go here` };
    if (kind === 'command') call.book.command({ action: wish, ...words });
    else if (kind === 'ask') await call.clock.until(call.line.say(`question ${index} of the caller`), 60_000);
    else if (kind === 'break') call.engine.breakStreams('unavailable');
    else {
      call.owners.at(-1)?.kill();
      await call.clock.advance(700);
      call.takeOver();
    }
    await call.clock.advance(thenMs);
  }

  it('or several, at any moment: each command is on record once and in its order, and what was to be said was said', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        const call = await greeted({ ownerMs: 130_000 });
        for (const [index, one] of all.entries()) await happen(call, one, index);
        call.book.command({ action: 'resume' });
        await call.clock.advance(90_000);
        const entries = call.book.entries();
        const said = entries.flatMap((entry) => (entry.kind === 'turn' && entry.operator !== undefined ? [entry] : []));
        const wanted = call.book.commands().filter(({ action: wish }) => wish === 'say' || wish === 'takeover');
        const isHeard = (text: string) =>
          said.some((turn) => turn.text.includes(text) || (turn.interrupted && text.startsWith(turn.text)));
        expect({
          obeyed: entries.flatMap((entry) => (entry.kind === 'operator' ? [entry.commandId] : [])),
          unsaid: wanted.filter(({ text = '' }) => !isHeard(text)).map(({ text }) => text),
          seqs: entries.map(({ seq }) => seq),
          violations: call.book.violations,
          crashes: call.logs.filter(({ code }) => code === 'voice.session.crashed'),
        }).toEqual({
          obeyed: call.book.commands().map(({ commandId }) => commandId),
          unsaid: [],
          seqs: entries.map((_, seq) => seq),
          violations: [],
          crashes: [],
        });
      }),
      { numRuns: 12, examples: [[passedOnInTheMiddle]] },
    );
  });
});
