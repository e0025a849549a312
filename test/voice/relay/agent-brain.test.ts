import { afterEach, expect, test } from 'vitest';
import { agentCoreBrain } from '../../../shared/voice/relay/agent-brain-agentcore.ts';
import { awsAnswers, type ScriptedAnswer } from '../support/aws-answers.ts';

const ARN = 'arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/o_dev_1-abc';
const BRIEFING = { callId: 'call', userId: 'ann', agentId: 'shop', agentRuntimeArn: ARN, endpointName: 'live' };
const never = new AbortController().signal;

let service: Awaited<ReturnType<typeof awsAnswers>> | undefined;
afterEach(() => service?.stop());

const brainWith = async (...answers: readonly ScriptedAnswer[]) => {
  service = await awsAnswers(...answers);
  return { seen: service.seen, brain: agentCoreBrain({ ...BRIEFING, business: BUSINESS }, service.context) };
};

const BUSINESS = { hours: '9 to 18' };

const json = (body: unknown): ScriptedAnswer => ({ status: 200, body: JSON.stringify(body) });
const ANSWER = {
  answer: 'Within 100 days [1].',
  citations: [{ marker: 1, path: 'returns.pdf', excerpt: '100 days', score: 1 }],
  toolCalls: [
    { name: 'lookup', input: {}, status: 'success', clauseIds: ['c1', 'c2'], durationMs: 3 },
    { name: 'lookup', input: {}, status: 'success', clauseIds: ['c2'], durationMs: 3 },
  ],
  handoff: { reason: 'Refund', summary: 'Ann wants money back.', collected: {}, clauseIds: ['c3'] },
  usage: { inputTokens: 1, outputTokens: 1 },
};

test('a question goes to endpoint live in the call’s own session; the answer names its clauses once each', async () => {
  const { brain, seen } = await brainWith(json(ANSWER));
  const history = [{ role: 'user' as const, text: 'Hello' }];
  expect(await brain.ask({ text: 'Returns?', history, signal: never })).toEqual({
    answer: 'Within 100 days.',
    handoff: ANSWER.handoff,
    clauseIds: ['c1', 'c2', 'c3'],
  });
  expect(seen).toMatchObject([
    {
      method: 'POST',
      url: `/runtimes/${encodeURIComponent(ARN)}/invocations?qualifier=live`,
      headers: { 'x-amzn-bedrock-agentcore-runtime-session-id': expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ]);
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    type: 'message',
    sessionId: 'call',
    text: 'Returns?',
    history,
    context: { business: BUSINESS },
  });
});

test('all questions of a call share one session, those of another call have another', async () => {
  const { brain, seen } = await brainWith(json({ passages: [] }));
  await brain.search({ query: 'returns', signal: never });
  await brain.search({ query: 'opening hours', signal: never });
  const other = agentCoreBrain({ ...BRIEFING, callId: 'other' }, service?.context);
  await other.search({ query: 'returns', signal: never });
  const sessions = seen.map(({ headers }) => headers['x-amzn-bedrock-agentcore-runtime-session-id']);
  expect([sessions[0] === sessions[1], sessions[0] === sessions[2]]).toEqual([true, false]);
});

test('an agent tells about itself, also at the second attempt; it may have no greeting', async () => {
  const self = { prompt: 'You are kind.', greeting: null, agentName: 'Shop', agentVersion: 3, topics: ['returns'] };
  const { brain, seen } = await brainWith({ status: 503, body: 'busy' }, json(self));
  expect(await brain.describe(never)).toEqual({ ...self, greeting: undefined });
  expect(seen.map(({ body }) => JSON.parse(body))).toEqual([{ type: 'describe' }, { type: 'describe' }]);
});

test('a question that failed is not asked again: the agent may have acted on it', async () => {
  const { brain, seen } = await brainWith({ status: 500, body: '{"message":"It broke."}' }, json(ANSWER));
  await expect(brain.ask({ text: 'Returns?', history: [], signal: never })).rejects.toThrow('It broke.');
  expect(seen).toHaveLength(1);
});

test.each([
  ['no JSON', { status: 200, body: 'Hello!' }],
  ['another shape', json({ answer: 42 })],
  ['a flood', { status: 200, body: JSON.stringify('x'.repeat(1_000_001)) }],
])('an answer that is %s is an error', async (_, answer) => {
  const { brain } = await brainWith(answer);
  await expect(brain.ask({ text: 'Returns?', history: [], signal: never })).rejects.toThrow();
});

test('a question that nobody waits for any more ends at once, and is not repeated', async () => {
  const { brain, seen } = await brainWith('never');
  const patience = new AbortController();
  const asked = brain.search({ query: 'returns', signal: patience.signal });
  await expect.poll(() => seen.length).toBe(1);
  patience.abort(new Error('The caller spoke again.'));
  await expect(asked).rejects.toThrow();
  expect(seen).toHaveLength(1);
});
