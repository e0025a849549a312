import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';
import { OPENED_WITH } from '../support/call-book.ts';
import { type ScriptedCall, type ScriptedCallOptions, scriptedCall } from '../support/scripted-call.ts';

const BILLING = '019aa000-0000-7000-8000-0000000000b1';
const REPAIRS = '019aa000-0000-7000-8000-0000000000b2';
const OTHERS = [
  {
    agentId: BILLING,
    agentName: 'Billing',
    settings: VoiceSettings.parse({ greeting: 'Billing here.', voice: 'matthew' }),
  },
  { agentId: REPAIRS, agentName: 'Repairs', settings: VoiceSettings.parse({ greeting: 'Repairs here.' }) },
];

const call = (options: ScriptedCallOptions = {}) =>
  scriptedCall({ ...options, book: { others: OTHERS, settings: { greeting: 'Shop here.' }, ...options.book } });

const switchTo = (to: ScriptedCall, agentId: string): void => to.line.tell({ type: 'session.switchAgent', agentId });

/** What the call's record says, in short. */
const storyOf = ({ book }: ScriptedCall): readonly string[] =>
  book.entries().flatMap((entry) => {
    if (entry.kind === 'turn') return [`${entry.role}: ${entry.text}${entry.interrupted ? ' —' : ''}`];
    return entry.kind === 'agent-switch' ? [`goes on with ${entry.agentName}`] : [];
  });

async function greeted(options: ScriptedCallOptions = {}): Promise<ScriptedCall> {
  const begun = call(options);
  begun.start();
  await begun.clock.advance(6000);
  return begun;
}

const crashes = ({ logs }: ScriptedCall) => logs.filter(({ code }) => code === 'voice.session.crashed');

describe('a caller who switches to another agent', () => {
  it('hears it at once, with the conversation kept; what the one before still said is cut off', async () => {
    const switched = await greeted({
      engine: { reply: () => ({ text: 'We are open from nine to five on every weekday.' }) },
    });
    await switched.clock.until(switched.line.say('when are you open'), 20_000);
    await switched.clock.advance(2000);
    switchTo(switched, BILLING);
    await switched.clock.advance(6000);
    const told = switched.line.messages('session.agentSwitched');
    expect({
      story: storyOf(switched),
      told,
      voices: switched.engine.opened.map(({ voice }) => voice),
      knows: switched.engine.inputs.flatMap((input) => (input.type === 'text' ? [input.text.split('\n')] : [])),
      prompt: switched.engine.opened.at(-1)?.systemPrompt.split('\n')[0],
      checkpoint: switched.book.checkpoint()?.agent,
      lines: switched.book.freeLines(),
      crashes: crashes(switched),
    }).toEqual({
      story: [
        'assistant: Shop here.',
        'user: when are you open',
        expect.stringMatching(/^assistant: We are open.* —$/),
        'goes on with Billing',
        'assistant: Billing here.',
      ],
      told: [
        {
          type: 'session.agentSwitched',
          epoch: 1,
          agentId: BILLING,
          agentName: 'Billing',
          engine: 'nova-sonic',
          voice: 'matthew',
          language: 'en-US',
        },
      ],
      voices: ['tiffany', 'matthew'],
      knows: [
        [
          'Said just before:',
          'You: Shop here.',
          'Caller: when are you open',
          expect.stringMatching(/^You: We are open/),
        ],
      ],
      prompt: 'You are Billing.',
      checkpoint: { agentId: BILLING },
      lines: 1,
      crashes: [],
    });
  });

  it('before an answer has begun is greeted by the new agent, who then gives the answer', async () => {
    const switched = await greeted({ engine: { reply: (text) => ({ text: `About ${text}: yes.` }) } });
    await switched.clock.until(switched.line.say('my invoice'), 20_000);
    await switched.clock.advance(700);
    switchTo(switched, BILLING);
    await switched.clock.advance(9000);
    expect(storyOf(switched).slice(1)).toEqual([
      'user: my invoice',
      'goes on with Billing',
      'assistant: Billing here. About my invoice: yes.',
    ]);
  });

  it('may ask again: it is told so, and nothing else happens', async () => {
    const switched = await greeted();
    for (let times = 0; times < 3; times += 1) switchTo(switched, BILLING);
    await switched.clock.advance(5000);
    switchTo(switched, BILLING);
    await switched.clock.advance(5000);
    expect({
      told: switched.line.messages('session.agentSwitched').map(({ agentName }) => agentName),
      story: storyOf(switched),
    }).toEqual({
      told: ['Billing', 'Billing'],
      story: ['assistant: Shop here.', 'goes on with Billing', 'assistant: Billing here.'],
    });
  });

  it('and then to a third gets the third', async () => {
    const switched = await greeted();
    switchTo(switched, BILLING);
    await switched.clock.advance(200);
    switchTo(switched, REPAIRS);
    await switched.clock.advance(6000);
    expect(storyOf(switched)).toEqual(['assistant: Shop here.', 'goes on with Repairs', 'assistant: Repairs here.']);
  });

  it('that is not there, or cannot speak, stays with the one it has and is told why', async () => {
    const kept = await greeted();
    switchTo(kept, '019aa000-0000-7000-8000-00000000dead');
    await kept.clock.advance(1000);
    kept.engine.failOpenings('denied');
    switchTo(kept, BILLING);
    await kept.clock.advance(3000);
    await kept.clock.until(kept.line.say('still there'), 20_000);
    await kept.clock.advance(5000);
    expect({
      problems: kept.line.messages('problem').map(({ code, errors }) => ({ code, at: errors?.[0]?.pointer })),
      story: storyOf(kept),
      lines: kept.book.freeLines(),
    }).toEqual({
      problems: [
        { code: 'agent-not-found', at: '/agentId' },
        { code: 'agent-unreachable', at: '/agentId' },
      ],
      story: ['assistant: Shop here.', 'user: still there', 'assistant: You said still there.'],
      lines: 1,
    });
  });

  it('without a second line hears it all the same', async () => {
    const switched = await greeted({ book: { extraLines: 0 } });
    switchTo(switched, BILLING);
    await switched.clock.advance(6000);
    expect(storyOf(switched).slice(1)).toEqual(['goes on with Billing', 'assistant: Billing here.']);
  });

  it('and loses the owner of the call goes on with the new agent', async () => {
    const switched = await greeted();
    switchTo(switched, BILLING);
    await switched.clock.advance(4000);
    switched.owners[0]?.kill();
    await switched.clock.advance(1000);
    switched.takeOver();
    await switched.clock.advance(6000);
    await switched.clock.until(switched.line.say('and now'), 20_000);
    await switched.clock.advance(5000);
    expect({
      ready: switched.line.messages('session.ready').at(-1)?.agentName,
      prompt: switched.engine.opened.at(-1)?.systemPrompt.split('\n')[0],
      last: storyOf(switched).slice(-2),
      checkpoint: switched.book.checkpoint()?.agent,
    }).toEqual({
      ready: 'Billing',
      prompt: 'You are Billing.',
      last: ['user: and now', 'assistant: You said and now.'],
      checkpoint: { agentId: BILLING },
    });
  });

  it('from an agent’s own runtime is taken over by an owner that may hold the other', async () => {
    const switched = await greeted({ book: { isDirect: true }, line: { kind: 'direct' } });
    switchTo(switched, BILLING);
    await switched.clock.advance(9000);
    expect({
      how: await switched.owners[0]?.outcome,
      story: storyOf(switched),
      told: switched.line
        .messages('session.agentSwitched')
        .map(({ epoch, agentName, voice }) => [epoch, agentName, voice]),
      voices: switched.engine.opened.map(({ voice }) => voice),
      checkpoint: switched.book.checkpoint()?.agent,
    }).toEqual({
      how: { how: 'handed-over' },
      story: ['assistant: Shop here.', 'goes on with Billing', 'assistant: Billing here.'],
      told: [[2, 'Billing', 'matthew']],
      voices: ['tiffany', 'matthew'],
      checkpoint: { agentId: BILLING },
    });
  });
});

describe('new settings of the agent that speaks', () => {
  it('are taken up between turns, the conversation kept and nobody interrupted', async () => {
    const changed = await greeted();
    const asking = changed.line.say('a question that takes its time to be asked');
    await changed.clock.advance(500);
    changed.book.changeSettings({ voice: 'matthew' });
    await changed.clock.until(asking, 20_000);
    await changed.clock.advance(12_000);
    await changed.clock.until(changed.line.say('another'), 20_000);
    await changed.clock.advance(5000);
    expect({
      story: storyOf(changed),
      voices: changed.engine.opened.map(({ voice }) => voice),
      change: changed.book.entries().flatMap((entry) => (entry.kind === 'engine-change' ? [entry.reason] : [])),
      greetings: changed.engine.inputs.filter(({ type }) => type === 'say').length,
      cut: changed.line.messages('interrupted'),
    }).toEqual({
      story: [
        'assistant: Shop here.',
        'user: a question that takes its time to be asked',
        'assistant: You said a question that takes its time to be asked.',
        'user: another',
        'assistant: You said another.',
      ],
      voices: ['tiffany', 'matthew'],
      change: ['settings'],
      greetings: 1,
      cut: [],
    });
  });

  it('that cannot be used are noted, and the call goes on as it was', async () => {
    const changed = await greeted();
    changed.engine.failOpenings('denied');
    changed.book.changeSettings({ voice: 'matthew' });
    await changed.clock.advance(5000);
    await changed.clock.until(changed.line.say('still there'), 20_000);
    await changed.clock.advance(5000);
    expect({
      notes: changed.book.entries().flatMap((entry) => (entry.kind === 'warning' ? [entry.code] : [])),
      last: storyOf(changed).at(-1),
      voice: changed.book.checkpoint()?.client.voice,
    }).toEqual({ notes: ['settings-not-taken-up'], last: 'assistant: You said still there.', voice: 'tiffany' });
  });
});

describe('whenever a caller switches', () => {
  it('the agent that was promised last has the call, over deaths of its owners, and every question is answered', async () => {
    const moment = fc.record({ agentId: fc.constantFrom(BILLING, REPAIRS, OPENED_WITH), waitMs: fc.nat(4000) });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 6 }), fc.nat(3000), async (moments, deathMs) => {
        const switched = await greeted();
        for (const { agentId, waitMs } of moments) {
          switchTo(switched, agentId);
          await switched.clock.advance(waitMs);
        }
        await switched.clock.advance(deathMs);
        const promised = switched.line.messages('session.agentSwitched').at(-1)?.agentId ?? OPENED_WITH;
        const recorded = switched.book.entries().findLast(({ kind }) => kind === 'agent-switch');
        switched.owners.at(-1)?.kill();
        await switched.clock.advance(700);
        switched.takeOver();
        await switched.clock.advance(6000);
        await switched.clock.until(switched.line.say('who has the call'), 20_000);
        await switched.clock.advance(6000);
        const present = switched.book.checkpoint()?.agent?.agentId ?? OPENED_WITH;
        const last = recorded?.kind === 'agent-switch' ? recorded.agentId : OPENED_WITH;
        expect({
          present,
          last: storyOf(switched).at(-1),
          crashes: crashes(switched),
          violations: switched.book.violations,
        }).toEqual({
          present: last,
          last: 'assistant: You said who has the call.',
          crashes: [],
          violations: [],
        });
        // A promise is kept; what was on record already and not yet promised holds as well.
        expect([promised, last]).toContain(present);
      }),
      { numRuns: 40 },
    );
  });
});
