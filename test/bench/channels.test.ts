import { expect, test } from 'vitest';
import { acknowledgeTable, costTable, loadTable, provisioningTable } from '../../bench/channels/channels.ts';
import { costOf, usageOf } from '../../bench/channels/cost.ts';
import { isInOrder, type LoadRow } from '../../bench/channels/load.ts';
import type { TraceEntry } from '../../local/core/trace.ts';

/** The last cell of each row below the head. */
const verdicts = (text: string): string[] =>
  text
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ').at(-1)?.replace(' |', '') ?? '');

const call = (service: string, operation: string, more: Partial<TraceEntry> = {}): TraceEntry => ({
  service,
  operation,
  principal: '',
  startedAtMs: 0,
  durationMs: 100,
  status: 200,
  ...more,
});

test('an acknowledgement is measured by an empty handler, and by what platforms wait for', () => {
  const row = (ours: number, p99: number) => ({
    atOnce: 1,
    requests: 10,
    ours: { p50: ours, p99 },
    empty: { p50: 4, p99: 8 },
  });
  expect(verdicts(acknowledgeTable([row(8, 20), row(40, 50), row(8, 1200)]))).toEqual(['met', 'missed', 'missed']);
});

test('a load passes when all was answered, once and in order', () => {
  const good: LoadRow = {
    name: 'the agent answers',
    customers: 2,
    messages: 3,
    isAnswering: true,
    seconds: 2,
    perSecondAndCore: 1.5,
    acknowledged: 6,
    replies: 6,
    doubles: 0,
    inOrder: 2,
  };
  const bad = [{ replies: 5 }, { replies: 6, doubles: 1 }, { inOrder: 1 }].map((wrong) => ({ ...good, ...wrong }));
  expect(verdicts(loadTable([good, { ...good, inOrder: undefined }, ...bad]))).toEqual([
    'met',
    'met',
    'missed',
    'missed',
    'missed',
  ]);
});

test('a conversation is in order when questions and the replies that arrived take turns', () => {
  const [first, second] = ['Question 1: what does a puncture cost?', 'Question 2: what does a new chain cost?'];
  const said = (...texts: string[]) => texts.map((text) => ({ role: 'any', text }));
  const inbox = [{ text: '15 euros' }, { text: '45 euros' }];
  expect([
    isInOrder(said(first, '15 euros', second, '45 euros'), inbox, 2),
    isInOrder(said(second, '45 euros', first, '15 euros'), inbox, 2),
    isInOrder(said(first, '15 euros', second, '45 euros'), inbox.toReversed(), 2),
    isInOrder(said(first, '15 euros'), inbox, 2),
  ]).toEqual([true, false, false, false]);
});

test('what a message uses is read off the trace, also where a topic invoked the function', () => {
  const functions = [
    { FunctionName: 'oratio-dev-receive-social-message', MemorySize: 1024, Role: 'arn:aws:iam::1:role/Receive' },
    { FunctionName: 'oratio-dev-receive-aws-whatsapp', MemorySize: 512, Role: 'arn:aws:iam::1:role/Topic' },
    { FunctionName: 'oratio-dev-idle', MemorySize: 512, Role: 'arn:aws:iam::1:role/Idle' },
  ];
  const trace = [
    call('lambda', 'Invoke oratio-dev-receive-social-message', { durationMs: 500 }),
    call('sqs', 'SendMessage', { roleName: 'Receive' }),
    call('dynamodb', 'GetItem', { roleName: 'Topic' }),
    call('dynamodb', 'PutItem', { roleName: 'Topic', startedAtMs: 900 }),
    call('dynamodb', 'TransactWriteItems', { roleName: 'Topic' }),
    call('secretsmanager', 'GetSecretValue', { roleName: 'Receive' }),
    call('bedrock-agentcore', 'InvokeAgentRuntime', { durationMs: 2000 }),
    call('bedrock-runtime', 'Converse', { requestBytes: 4000 }),
  ];
  const usage = usageOf('X', trace, functions);
  expect(usage).toEqual({
    channel: 'X',
    invocations: 2,
    gigabyteSeconds: 1,
    requests: 1,
    queueRequests: 3,
    writeUnits: 10,
    readUnits: 1,
    secretRequests: 1,
    agentSeconds: 2,
    inputTokens: 1000,
  });
  expect(costOf(usage)).toMatchObject({ channel: 'X', platform: 0.025 });
  expect(costTable([{ channel: 'X', ours: 0.00001, agent: 0.00049, platform: 0.025 }])).toContain(
    '| X | $0.010 | $0.490 | $25.000 | $25.500 |',
  );
});

test('channels together are measured by the slowest of them alone', () => {
  const row = (channels: string, count: number, seconds: number) => ({ channels, count, seconds, transitions: 9 });
  const alone = [row('voice', 1, 6), row('whatsapp', 1, 4)];
  expect(verdicts(provisioningTable([...alone, row('voice, whatsapp', 2, 8)])).at(-1)).toBe('met');
  expect(verdicts(provisioningTable([...alone, row('voice, whatsapp', 2, 9.5)])).at(-1)).toBe('missed');
});
