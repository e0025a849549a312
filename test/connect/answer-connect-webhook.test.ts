import { expect, test } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import { answerConnectWebhook } from '../../shared/connect/answer-connect-webhook.ts';
import { ConnectWebhookBody } from '../../shared/connect/connect-requests.ts';
import type { CustomerMessage, CustomerReply } from '../../shared/messages/customer-message.ts';

const AGENT_ID = '0192f0c0-0000-7000-8000-000000000001';
const AGENT = {
  userId: 'tenant-1',
  agentId: AGENT_ID,
  status: 'active',
  activeVersion: 1,
  runtime: {},
} as unknown as Agent;
const WORDS = {
  outcome: 'answered',
  text: 'We have **three** [1].',
  customerId: 'c',
  handoff: null,
  wasSent: false,
} as unknown as CustomerReply;

const ask = async (body: unknown, { agent = AGENT, reply = WORDS, userId = 'tenant-1' } = {}) => {
  const asked: CustomerMessage[] = [];
  const use = answerConnectWebhook({
    agents: { find: async (key) => (key.userId === agent.userId && key.agentId === agent.agentId ? agent : undefined) },
    messages: {
      answer: async (message) => {
        asked.push(message);
        return reply;
      },
      markSent: async () => undefined,
    },
    clock: { now: () => 5 },
  });
  const request = { userId, body: ConnectWebhookBody.parse(body), requestId: 'request-1' } as Parameters<typeof use>[0];
  const answer = await use(request).then(
    ({ body: said }) => said,
    ({ code }) => code,
  );
  return { answer, asked };
};

const BODY = { agent_id: AGENT_ID, message: 'Do you have pillows?', channel: 'voice' };

test('a contact centre hears what the agent says, ready to be spoken', async () => {
  expect(await ask({ ...BODY, customer: { phone: '+15551234567' }, message_id: 'm-1' })).toEqual({
    answer: { message: 'We have three.', agent_id: AGENT_ID, channel: 'voice', tts_ready: true },
    asked: [
      {
        userId: 'tenant-1',
        agentId: AGENT_ID,
        channel: 'voice',
        messageId: 'webhook:m-1',
        identity: { kind: 'phone', value: '+15551234567' },
        text: 'Do you have pillows?',
        attachments: [],
        sentAtMs: 5,
      },
    ],
  });
});

test('an SMS keeps the agent’s own words; whoever is not named is somebody new each time', async () => {
  const { answer, asked } = await ask({ ...BODY, channel: 'sms' });
  expect({ answer, identity: asked[0]?.identity }).toEqual({
    answer: { message: 'We have **three** [1].', agent_id: AGENT_ID, channel: 'sms', tts_ready: false },
    identity: { kind: 'external', value: 'request:request-1' },
  });
});

test.each([
  ['agent-not-found', { userId: 'tenant-2' }],
  ['agent-stopped', { agent: { ...AGENT, status: 'stopped' } as Agent }],
  ['with-a-person', { reply: { outcome: 'silent', reason: 'with-a-person' } as CustomerReply }],
])('is refused with %s', async (code, scene) => {
  expect((await ask(BODY, scene)).answer).toBe(code);
});

test.each([
  { ...BODY, message: ' ' },
  { ...BODY, channel: 'fax' },
  { ...BODY, agent_id: 'x' },
  { ...BODY, customer: { phone: '555' } },
  { ...BODY, more: 1 },
])('what is no message is refused by its schema: %j', (body) => {
  expect(ConnectWebhookBody.safeParse(body).success).toBe(false);
});
