import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import { type AnswerContactDeps, answerContact, type OpenedChat } from '../../shared/connect/answer-contact.ts';
import { flatAnswer, MAX_ANSWER_BYTES, spokenText } from '../../shared/connect/contact-event.ts';
import type { ContactTurnAnswer, ContactTurnRequest } from '../../shared/connect/contact-turns.ts';

const AGENT = {
  userId: 'tenant-1',
  agentId: '0192f0c0-0000-7000-8000-000000000001',
  agentName: 'Cozy Agent',
  status: 'active',
  activeVersion: 1,
  runtime: { agentRuntimeId: 'r' },
} as unknown as Agent;
const DIALLED = '+15550100001';
const CALLER = '+15551234567';
const INSTANCE = 'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666';

interface Scene {
  readonly agent?: Agent | undefined;
  /** What each look at the turn brings: an answer, or the milliseconds it takes until we give up. */
  readonly answers?: readonly (ContactTurnAnswer | 'late' | Error)[];
}

const scene = ({ agent = AGENT, answers = [] }: Scene = {}) => {
  let nowMs = 1_000_000;
  const script = [...answers];
  const asked: ContactTurnRequest[] = [];
  const opened: OpenedChat[] = [];
  const deps: AnswerContactDeps = {
    channels: {
      findAccount: async ({ channelType, accountId }) => {
        const known = ['voice#+15550100001', 'sms#+15550100001', `chat#${AGENT.agentId}`];
        return known.includes(`${channelType}#${accountId}`) ? AGENT : undefined;
      },
    },
    agents: { find: async () => agent },
    turns: {
      ask: async (request, timeoutMs) => {
        asked.push(request);
        const next = script.shift();
        if (next instanceof Error) throw next;
        if (next === undefined || next === 'late') {
          nowMs += timeoutMs;
          return undefined;
        }
        nowMs += 200;
        return next;
      },
    },
    openChat: async (chat) => void opened.push(chat),
    clock: { now: () => nowMs },
    pause: async (ms) => {
      nowMs += ms;
    },
  };
  const ask = answerContact(deps);
  return { ask, asked, opened, tookMs: () => nowMs - 1_000_000 };
};

const call = (parameters: Record<string, string>, contact: Record<string, unknown> = {}) => ({
  Name: 'ContactFlowEvent',
  Details: {
    ContactData: {
      ContactId: 'contact-1',
      InitialContactId: 'contact-1',
      Channel: 'VOICE',
      CustomerEndpoint: { Address: CALLER, Type: 'TELEPHONE_NUMBER' },
      SystemEndpoint: { Address: DIALLED, Type: 'TELEPHONE_NUMBER' },
      InstanceARN: INSTANCE,
      Attributes: {},
      ...contact,
    },
    Parameters: parameters,
  },
});

const question = (turn: string) => call({ event: 'ask', text: 'Where is my order?', turn });

describe('what a flow asks', () => {
  it('finds the agent by the dialled number, and says at once when nobody answers it', async () => {
    const paused = { ...AGENT, status: 'paused', notices: { paused: 'Back on Monday.' } } as Agent;
    const foreign = call({ event: 'begin' }, { SystemEndpoint: { Address: '+15559999999', Type: 'TELEPHONE_NUMBER' } });
    expect([
      await scene().ask(call({ event: 'begin' })),
      await scene().ask(foreign),
      await scene({ agent: paused }).ask(call({ event: 'begin' })),
      await scene({ agent: { ...AGENT, status: 'stopped' } as Agent }).ask(call({ event: 'begin' })),
    ]).toEqual([
      { next: 'listen', message: '', turn: '0' },
      { next: 'end', message: 'This number is not in service at the moment. Goodbye.', turn: '0' },
      { next: 'end', message: 'Back on Monday.', turn: '0' },
      { next: 'end', message: 'This number is not in service at the moment. Goodbye.', turn: '0' },
    ]);
  });

  it('is a message of the caller, known by the number the network gives', async () => {
    const { ask, asked } = scene({ answers: [{ outcome: 'answered', text: 'It is **on its way** [1].' }] });
    expect({ answer: await ask(question('3')), asked }).toEqual({
      answer: { next: 'listen', message: 'It is on its way.', turn: '4' },
      asked: [
        {
          kind: 'ask',
          message: {
            userId: 'tenant-1',
            agentId: AGENT.agentId,
            channel: 'voice',
            messageId: 'contact-1:3',
            identity: { kind: 'phone', value: CALLER },
            text: 'Where is my order?',
            attachments: [],
            sentAtMs: 1_000_000,
          },
        },
      ],
    });
  });

  it('is held in time while the agent is slow, and asked for again as the same turn', async () => {
    const { ask, asked, tookMs } = scene({
      answers: ['late', 'late', { outcome: 'busy' }, { outcome: 'answered', text: 'Tomorrow.' }],
    });
    const first = await ask(question('0'));
    const took = tookMs();
    const second = await ask(question(first.turn ?? ''));
    const third = await ask(question(second.turn ?? ''));
    const ids = asked.map((one) => (one.kind === 'ask' ? one.message.messageId : ''));
    expect({ first, took, second, third, ids: [...new Set(ids)] }).toEqual({
      first: { next: 'hold', message: 'One moment please, I am looking that up.', turn: '0.1' },
      took: 6000,
      second: { next: 'hold', message: 'Thank you for your patience, I am still looking.', turn: '0.2' },
      third: { next: 'listen', message: 'Tomorrow.', turn: '1' },
      ids: ['contact-1:0'],
    });
  });

  it('goes to a person when the agent does not come back at all', async () => {
    expect(await scene({ answers: ['late'] }).ask(question('5.7'))).toMatchObject({ next: 'person', turn: '6' });
  });

  it('takes the error branch when the turn failed', async () => {
    await expect(scene({ answers: [new Error('no runtime')] }).ask(question('0'))).rejects.toThrow('no runtime');
  });

  it('carries to a person what is known of the customer', async () => {
    const attributes = {
      agentId: AGENT.agentId,
      channel: 'voice',
      customerId: 'c-1',
      summary: 'Wants a refund.',
      sentiment: 'NEGATIVE',
      collected: '{"order":"1234"}',
      transcriptUrl: 'https://api.example.com/api/v1/customers/c-1',
    };
    const { ask } = scene({ answers: [{ outcome: 'person', text: 'x', attributes }] });
    expect(await ask(call({ event: 'person', turn: '2' }))).toEqual({
      ...attributes,
      next: 'person',
      message: 'Let me connect you with one of our team.',
      turn: '2',
    });
  });

  it('never ends a caller’s wish for a person for lack of a summary', async () => {
    expect(await scene({ answers: ['late'] }).ask(call({ event: 'person', turn: '' }))).toMatchObject({
      next: 'person',
      summary: '',
      agentId: AGENT.agentId,
    });
  });

  it('meets whoever withholds their number anew in each contact', async () => {
    const { ask, asked } = scene({ answers: [{ outcome: 'answered', text: 'Hello.' }] });
    await ask({
      ...question('0'),
      ...call(
        { event: 'ask', text: 'Hi', turn: '0' },
        { CustomerEndpoint: { Address: 'anonymous', Type: 'TELEPHONE_NUMBER' } },
      ),
    });
    expect(asked).toMatchObject([{ message: { identity: { kind: 'chat', value: 'contact-1' } } }]);
  });

  it('brings the agent into a chat by its account, and into an SMS by its number', async () => {
    const one = scene();
    const chat = { Channel: 'CHAT', SystemEndpoint: null, CustomerEndpoint: null };
    await one.ask(call({ event: 'begin', account: AGENT.agentId }, chat));
    await one.ask(call({ event: 'begin', account: '' }, { Channel: 'CHAT' }));
    const opened = {
      userId: 'tenant-1',
      agentId: AGENT.agentId,
      contactId: 'contact-1',
      instanceArn: INSTANCE,
      displayName: 'Cozy Agent',
    };
    expect(one.opened).toEqual([
      { ...opened, channel: 'chat', identity: { kind: 'chat', value: 'contact-1' } },
      { ...opened, channel: 'sms', identity: { kind: 'phone', value: CALLER } },
    ]);
  });

  it('is refused when it is no event of a flow', async () => {
    await expect(scene().ask({ Details: {} })).rejects.toThrow();
  });
});

describe('the answer to a flow', () => {
  it('is a flat map of texts within 32 KB, whatever an agent says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40_000 });
    fc.assert(
      fc.property(text, text, text, (message, summary, collected) => {
        const flat = flatAnswer({ next: 'person', message: spokenText(message), turn: '1', summary, collected });
        const bytes = Buffer.byteLength(JSON.stringify(flat));
        return bytes <= MAX_ANSWER_BYTES && Object.values(flat).every((value) => typeof value === 'string');
      }),
      { numRuns: 25 },
    );
  });

  it('is said without marks that nobody can hear', () => {
    expect(spokenText('## Returns\n\n- **30 days** [1]\n- See [our page](https://x.example) for $5')).toBe(
      'Returns 30 days See our page for 5',
    );
  });
});
