import { beforeEach, describe, expect, it } from 'vitest';
import { CustomerId } from '../../shared/customers/customer.ts';
import type { AgentContext, CustomerMemory } from '../../shared/customers/customer-memory.ts';
import { problem } from '../../shared/kernel/problems.ts';
import type { ConversationStore } from '../../shared/messages/conversation-store.ts';
import type { AgentMessage, Turn } from '../../shared/messages/message.ts';
import { sendMessage } from '../../shared/messages/send-message.ts';
import type { AgentMind } from '../../shared/providers/agent-mind.ts';
import { jsonEvent } from '../agents/support/events.ts';
import { memory } from '../agents/support/memory.ts';
import { httpLambda } from '../http/support/api-lambda.ts';

const AGENT_ID = '019a5c1e-7d00-7a3b-8000-000000000001';
const ANSWER = {
  answer: '100 days.',
  citations: [],
  toolCalls: [],
  handoff: null,
  usage: { inputTokens: 1, outputTokens: 2 },
};

const MARIA = {
  customerId: CustomerId.parse('019a5c1e-7d00-7a3b-8000-000000000007'),
  facts: { city: 'Lima' },
  nextEntry: 0,
  lastSeenAt: 1,
  revision: 1,
  createdAt: 1,
  expiresAt: 9,
};

describe('a message', () => {
  let world: ReturnType<typeof memory>;
  let sessions: Map<string, Turn[]>;
  let locked: Set<string>;
  let asked: { sessionId: string; message: AgentMessage }[];
  let mind: AgentMind | undefined;
  let answers: (() => string)[];
  let remembered: NonNullable<AgentContext['customer']>['recent'][number][];
  let send: ReturnType<typeof httpLambda>;

  const conversations: ConversationStore = {
    lock: async ({ key }) => !locked.has(key.sessionId) && Boolean(locked.add(key.sessionId)),
    unlock: async ({ key }) => void locked.delete(key.sessionId),
    history: async ({ sessionId }) => ({
      turns: sessions.get(sessionId) ?? [],
      next: sessions.get(sessionId)?.length ?? 0,
    }),
    append: async ({ key }, { turns }, more) => {
      sessions.set(key.sessionId, [...turns, ...more]);
      locked.delete(key.sessionId);
    },
    forget: async () => true,
  };
  /** Knows one customer, by whatever name. */
  const people: CustomerMemory = {
    meet: async (agent, identity) => ({ ...agent, ...MARIA, identities: [identity] }),
    contextOf: async ({ facts }) => ({ facts, displayName: 'Maria', recent: remembered }),
    remember: async (_key, entries) => {
      remembered.push(...entries.map(({ sourceId: _source, ...entry }) => entry));
    },
  };
  const post = async (body: unknown, user = 'ann') => {
    const event = jsonEvent(
      { routeKey: 'POST /api/v1/agents/{agentId}/messages', params: { agentId: AGENT_ID }, user },
      body,
    );
    const { statusCode, body: answer } = await send(event);
    return { status: statusCode, body: JSON.parse(answer ?? '{}') as Record<string, unknown> };
  };

  beforeEach(() => {
    world = memory();
    sessions = new Map();
    locked = new Set();
    asked = [];
    answers = [];
    mind = undefined;
    remembered = [];
    world.agents.set(`ann#${AGENT_ID}`, {
      userId: 'ann',
      agentId: AGENT_ID,
      status: 'updating',
      activeVersion: 1,
      runtime: { agentRuntimeArn: 'arn:aws:bedrock-agentcore:us-east-1:1:runtime/o', endpointName: 'live' },
    } as never);
    const runtimes = {
      ask: async (_runtime: object, sessionId: string, message: AgentMessage) => {
        asked.push({ sessionId, message });
        return answers.shift()?.() ?? JSON.stringify(ANSWER);
      },
    };
    const minds = { of: async () => mind };
    const deps = { ...world.deps, conversations, memory: people, runtimes, minds, conversationTtlDays: 1 };
    send = httpLambda({ sendMessage: sendMessage(deps) }, () => {});
  });

  it('is answered by the active version, also while the next one is built', async () => {
    expect(await post({ text: 'Returns?' })).toEqual({ status: 200, body: { sessionId: 's_00000001', ...ANSWER } });
  });

  it('goes to its runtime with the language model that its owner has chosen', async () => {
    mind = {
      llm: { provider: 'openai-compatible', apiUrl: 'https://llm.example/v1', model: 'm' },
      sealedKey: 'c2VhbA==',
    };
    await post({ text: 'Returns?' });
    expect(asked.map(({ message }) => message.mind)).toEqual([mind]);
  });

  it('whose language model fails is told so, and when to try again', async () => {
    const failure = { fault: 'overloaded', message: 'The service answered 429.', retryAfterSeconds: 7 };
    answers.push(() => JSON.stringify({ failure }));
    expect(await post({ text: 'Returns?' })).toMatchObject({
      status: 502,
      body: { code: 'provider-overloaded', detail: 'The service answered 429.', retryable: true },
    });
    expect(locked).toEqual(new Set());
  });

  it('of a customer who is named is answered with what they said on other channels, and remembered', async () => {
    const stored = world.agents.get(`ann#${AGENT_ID}`);
    world.agents.set(`ann#${AGENT_ID}`, { ...stored, businessContext: { hours: '9 to 5' } } as never);
    remembered.push({ channel: 'whatsapp', role: 'user', text: 'I am moving to Lima.', atMs: 1 });
    await post({ text: 'Where do you deliver?', sessionId: 'session-1', customerRef: 'maria' });
    await post({ text: 'Since when?', sessionId: 'session-2', customerRef: 'maria' });
    expect(asked[1]?.message).toEqual({
      type: 'message',
      sessionId: 'session-2',
      text: 'Since when?',
      history: [
        { role: 'user', text: '[by whatsapp] I am moving to Lima.' },
        { role: 'user', text: '[by api] Where do you deliver?' },
        { role: 'assistant', text: '100 days.' },
      ],
      context: {
        business: { hours: '9 to 5' },
        customer: { displayName: 'Maria', facts: { city: 'Lima' }, recent: [] },
      },
    });
    expect(remembered.map(({ channel, role }) => `${channel} ${role}`)).toEqual([
      'whatsapp user',
      'api user',
      'api assistant',
      'api user',
      'api assistant',
    ]);
  });

  it('carries the turns before it, and the same AgentCore session of 33 characters or more', async () => {
    await post({ text: 'Returns?', sessionId: 'session-1' });
    await post({ text: 'And shipping?', sessionId: 'session-1' });
    expect(asked[1]?.message).toEqual({
      type: 'message',
      sessionId: 'session-1',
      text: 'And shipping?',
      history: [
        { role: 'user', text: 'Returns?' },
        { role: 'assistant', text: '100 days.' },
      ],
    });
    expect(asked[0]?.sessionId).toBe(asked[1]?.sessionId);
    expect(asked[0]?.sessionId.length).toBeGreaterThanOrEqual(33);
  });

  it('waits for no other: the session is busy', async () => {
    locked.add('session-1');
    expect(await post({ text: 'Hello?', sessionId: 'session-1' })).toMatchObject({
      status: 409,
      body: { code: 'session-busy' },
    });
    expect(asked).toEqual([]);
  });

  it('to a paused agent is answered with its notice, and nobody is asked', async () => {
    const row = world.agents.get(`ann#${AGENT_ID}`);
    world.agents.set(`ann#${AGENT_ID}`, { ...row, status: 'paused', notices: { paused: 'Back soon.' } } as never);
    expect(await post({ text: 'Hello?', sessionId: 'session-1' })).toEqual({
      status: 200,
      body: {
        sessionId: 'session-1',
        answer: 'Back soon.',
        citations: [],
        toolCalls: [],
        handoff: null,
        usage: { inputTokens: 0, outputTokens: 0 },
      },
    });
    expect([asked, [...locked], [...sessions.keys()]]).toEqual([[], [], []]);
  });

  it('to a stopped agent is refused', async () => {
    const row = world.agents.get(`ann#${AGENT_ID}`);
    world.agents.set(`ann#${AGENT_ID}`, { ...row, status: 'stopped' } as never);
    expect(await post({ text: 'Hello?' })).toMatchObject({ status: 409, body: { code: 'agent-stopped' } });
    expect(asked).toEqual([]);
  });

  it.each([
    ['nonsense', () => 'nonsense', 502, 'agent-runtime-failed'],
    ['an answer without its parts', () => '{"answer":"x"}', 502, 'agent-runtime-failed'],
    [
      'nothing in time',
      () => {
        throw problem('agent-timeout', 'Too slow.');
      },
      504,
      'agent-timeout',
    ],
  ])(
    'that the agent answers with %s ends in a problem, and the session is free again',
    async (_name, answer, status, code) => {
      answers.push(answer);
      expect(await post({ text: 'Hello?', sessionId: 'session-1' })).toMatchObject({ status, body: { code } });
      expect([...locked, ...sessions.keys()]).toEqual([]);
    },
  );

  it('to another tenant’s agent finds nobody', async () => {
    expect(await post({ text: 'Hello?' }, 'bob')).toMatchObject({ status: 404, body: { code: 'agent-not-found' } });
  });

  it('to an agent without an active version is refused', async () => {
    world.agents.set(`ann#${AGENT_ID}`, { userId: 'ann', agentId: AGENT_ID, status: 'creating' } as never);
    expect(await post({ text: 'Hello?' })).toMatchObject({
      status: 409,
      body: { code: 'agent-not-ready', retryable: true },
    });
  });

  it.each([
    [{ text: '' }, '/text'],
    [{ text: 'x'.repeat(4_001) }, '/text'],
    [{ text: 'x', sessionId: 'a b' }, '/sessionId'],
    [{ text: 'x', userId: 'bob' }, '/userId'],
  ])('of the wrong shape is refused: %#', async (body, pointer) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ pointer }] } });
  });
});
