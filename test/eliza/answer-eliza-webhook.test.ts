import { beforeEach, describe, expect, it } from 'vitest';
import type { CustomerMemory } from '../../shared/customers/customer-memory.ts';
import { answerElizaWebhook } from '../../shared/eliza/answer-eliza-webhook.ts';
import { ELIZA_OPERATIONS } from '../../shared/eliza/eliza-operations.ts';
import { type HttpEvent, httpLambda } from '../../shared/http/http-lambda.ts';
import type { CustomerMessage, CustomerReply } from '../../shared/messages/customer-message.ts';
import { AGENT_ID, beddingAgent, OTHER_AGENT_ID } from './support/agents.ts';

const BODY = {
  platform: 'instagram',
  agent_id: AGENT_ID,
  message: "Hi! I'm looking for a new comforter set for my queen bed",
  user_id: 'customer_123',
  timestamp: '2024-01-01T10:30:00Z',
};
const ANSWERED = { outcome: 'answered', text: 'Hi there!', customerId: 'c1', handoff: null, wasSent: false } as const;

describe('POST /webhooks/elizaos', () => {
  let settings: object | undefined;
  let reply: CustomerReply;
  let heard: CustomerMessage[];
  let sent: string[];
  let remembered: Parameters<CustomerMemory['remember']>[1][number][];

  beforeEach(() => {
    settings = {};
    reply = ANSWERED as never;
    heard = [];
    sent = [];
    remembered = [];
  });

  const send = httpLambda(ELIZA_OPERATIONS)(
    {
      answerElizaWebhook: answerElizaWebhook({
        agents: {
          find: async ({ userId, agentId }) => (userId === 'ann' && agentId === AGENT_ID ? beddingAgent() : undefined),
        },
        channels: {
          find: async () => (settings === undefined ? undefined : ({ status: 'active', settings } as never)),
        },
        messages: {
          answer: async (message) => {
            heard.push(message);
            return reply;
          },
          markSent: async ({ messageId }) => {
            sent.push(messageId);
          },
        },
        memory: {
          meet: async () => ({ customerId: 'c1' }) as never,
          remember: async (_key, entries) => {
            remembered.push(...entries);
          },
        },
        clock: { now: () => 1000 },
      }),
    },
    () => {},
  );
  const post = async (body: object, authorizer: object = { jwt: { claims: { sub: 'ann' } } }, requestId = 'r1') => {
    const { statusCode, body: text } = await send({
      routeKey: 'POST /api/v1/webhooks/elizaos',
      rawPath: '/api/v1/webhooks/elizaos',
      rawQueryString: '',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: { requestId, domainName: 'api.example', authorizer },
    } as unknown as HttpEvent);
    return { status: statusCode, body: JSON.parse(text ?? '{}') as Record<string, unknown> };
  };
  const keyOf = (agentId: string) => ({ lambda: { userId: 'ann', agentId, keyId: 'k', scopes: 'oratio/agents:ask' } });

  it('answers as the multi-channel engine documents it', async () => {
    expect(await post(BODY)).toEqual({
      status: 200,
      body: { message: 'Hi there!', agent_id: AGENT_ID, channel: 'instagram', context_updated: true },
    });
    expect(heard).toEqual([
      {
        userId: 'ann',
        agentId: AGENT_ID,
        channel: 'instagram',
        messageId: expect.stringMatching(/^elizaos-/),
        identity: { kind: 'instagram', value: 'customer_123' },
        text: BODY.message,
        attachments: [],
        sentAtMs: Date.UTC(2024, 0, 1, 10, 30),
      },
    ]);
    expect(sent).toEqual([heard[0]?.messageId]);
  });

  it('knows a repetition by its id or its time, and nothing else', async () => {
    const { timestamp: _timestamp, ...timeless } = BODY;
    for (const requestId of ['r1', 'r2']) {
      await post(BODY, undefined, requestId);
      await post({ ...timeless, message_id: 'm1' }, undefined, requestId);
      await post(timeless, undefined, requestId);
    }
    await post({ ...BODY, user_id: 'customer_124' });
    const ids = heard.map(({ messageId }) => messageId);
    expect([ids[0] === ids[3], ids[1] === ids[4], ids[2] === ids[5], new Set(ids).size]).toEqual([
      true,
      true,
      false,
      5,
    ]);
  });

  it('never claims a telephone number that nobody has verified', async () => {
    await post({ ...BODY, platform: 'whatsapp', user_id: '+15551234567' });
    expect(heard[0]?.identity).toEqual({ kind: 'whatsapp', value: '+15551234567' });
  });

  it('only remembers where the owner has switched automatic replies off', async () => {
    settings = { autoReplyEnabled: false };
    expect((await post(BODY)).body).toEqual({
      message: null,
      agent_id: AGENT_ID,
      channel: 'instagram',
      context_updated: true,
    });
    expect([heard, remembered]).toEqual([[], [expect.objectContaining({ role: 'user', text: BODY.message })]]);
  });

  it('gives the notice of a paused agent, nothing of a stopped one, nothing while a person speaks', async () => {
    const answers = [];
    const replies: CustomerReply[] = [
      { outcome: 'paused', text: 'Back at nine.', wasSent: false },
      { outcome: 'silent', reason: 'stopped' },
      { outcome: 'silent', reason: 'with-a-person' },
    ];
    for (const one of replies) {
      reply = one;
      const { message, context_updated } = (await post(BODY)).body;
      answers.push([message, context_updated]);
    }
    expect(answers).toEqual([
      ['Back at nine.', false],
      [null, false],
      [null, true],
    ]);
  });

  it('says the same words again and marks them once', async () => {
    reply = { ...ANSWERED, wasSent: true } as never;
    expect((await post(BODY)).body.message).toBe('Hi there!');
    expect(sent).toEqual([]);
  });

  it('is open to keys of the agent it names, and to no other agent, tenant or caller', async () => {
    const statusOf = async (...request: Parameters<typeof post>) => {
      const { status, body } = await post(...request);
      return [status, body.code];
    };
    expect([
      await statusOf(BODY, keyOf(AGENT_ID)),
      await statusOf(BODY, keyOf(OTHER_AGENT_ID)),
      await statusOf({ ...BODY, agent_id: OTHER_AGENT_ID }, keyOf(AGENT_ID)),
      await statusOf(BODY, { jwt: { claims: { sub: 'bob' } } }),
      await statusOf(BODY, {}),
    ]).toEqual([
      [200, undefined],
      [404, 'agent-not-found'],
      [404, 'agent-not-found'],
      [404, 'agent-not-found'],
      [401, 'unauthenticated'],
    ]);
  });

  it('refuses what it does not understand, and platforms that the agent does not answer on', async () => {
    const bodies = [
      { ...BODY, platform: 'myspace' },
      { ...BODY, message: '   ' },
      { ...BODY, message: 'x'.repeat(1_000_000) },
      { ...BODY, message: '\ud800' },
      { ...BODY, user_id: 'a#b' },
      { ...BODY, timestamp: 'yesterday' },
      { ...BODY, more: 1 },
    ];
    const codes = [];
    for (const body of bodies) codes.push((await post(body)).body.code);
    settings = undefined;
    codes.push((await post(BODY)).body.code);
    expect(codes).toEqual([
      'invalid-request',
      'invalid-request',
      'invalid-request',
      'invalid-encoding',
      'invalid-request',
      'invalid-request',
      'invalid-request',
      'channel-not-found',
    ]);
    expect(heard).toEqual([]);
  });
});
