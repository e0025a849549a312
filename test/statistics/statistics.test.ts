import type { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import type { Call, CallEntry } from '../../shared/calls/call.ts';
import { dynamoCallStore } from '../../shared/calls/calls-dynamodb.ts';
import { NO_COST } from '../../shared/calls/prices.ts';
import type { RequestOf } from '../../shared/http/http-lambda.ts';
import type { SessionId, UserId } from '../../shared/kernel/ids.ts';
import { dynamoConversationStore } from '../../shared/messages/conversations-dynamodb.ts';
import { answerTally } from '../../shared/statistics/answer-tally.ts';
import { EMPTY_CALL_TALLY, withEntries } from '../../shared/statistics/call-tally.ts';
import { transactPatiently } from '../../shared/statistics/count-dynamodb.ts';
import { endCall } from '../../shared/statistics/end-call-dynamodb.ts';
import { getAgentStatistics, getStatistics, listAgentStatistics } from '../../shared/statistics/read-statistics.ts';
import { dynamoStatisticsStore } from '../../shared/statistics/statistics-dynamodb.ts';
import { servingAgent, startTables, TABLES } from '../access/support/tables.ts';

const AGENTS = ['019a5c1e-7d00-7a3b-9c55-0000000000a1', '019a5c1e-7d00-7a3b-9c55-0000000000a2'];
const DAY = Date.parse('2026-11-21T00:00:00Z');
const NOW = DAY + 20 * 3_600_000;

type Query = RequestOf<'getStatistics'>['query'];
type Report = { readonly periods: readonly object[]; readonly totals: Record<string, unknown> };

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

let made = 0;
const idAt = (ms: number): Call['callId'] => {
  made += 1;
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(made).padStart(12, '0')}` as Call['callId'];
};

const activeCall = (userId: string, createdAtMs: number, change: Partial<Call> = {}): Call => ({
  userId,
  callId: idAt(createdAtMs),
  agentId: AGENTS[0] ?? '',
  agentVersion: 1,
  status: 'active',
  channel: 'phone',
  direction: 'inbound',
  transport: 'twilio',
  createdAtMs,
  answeredAtMs: createdAtMs + 1000,
  turns: 0,
  interruptions: 0,
  renewals: 0,
  handOvers: 0,
  cost: NO_COST,
  expiresAt: 2_000_000_000,
  ...change,
});

const use = () => {
  const deps = {
    agents: {
      find: async ({ userId, agentId }: Pick<Agent, 'userId' | 'agentId'>) =>
        AGENTS.includes(agentId) ? servingAgent(agentId, { userId }) : undefined,
    },
    statistics: dynamoStatisticsStore(TABLES, tables.client),
    clock: { now: () => NOW },
  };
  const query = (change: Partial<Query>): Query => ({ granularity: 'day', from: undefined, to: undefined, ...change });
  return {
    tenant: async (userId: string, change: Partial<Query> = {}) =>
      (await getStatistics(deps)({ userId: userId as UserId, query: query(change) })).body as Report,
    agent: async (userId: string, agentId: string, change: Partial<Query> = {}) =>
      (
        await getAgentStatistics(deps)({
          userId: userId as UserId,
          params: { agentId },
          query: query(change),
        })
      ).body as Report,
    agents: async (userId: string, day?: string) =>
      (await listAgentStatistics(deps)({ userId: userId as UserId, query: { day } })).body,
  };
};

interface Ended {
  readonly atMs: number;
  readonly agent: number;
  readonly channel: Call['channel'];
  readonly isFailed: boolean;
  readonly talkMs: number;
  readonly cost: number;
  readonly latencies: readonly number[];
  readonly tools: readonly ('success' | 'error' | 'timeout')[];
  readonly interruptions: number;
}

const ended: fc.Arbitrary<Ended> = fc.record({
  atMs: fc.integer({ min: DAY, max: NOW }),
  agent: fc.constantFrom(0, 1),
  channel: fc.constantFrom('phone' as const, 'browser' as const),
  isFailed: fc.boolean(),
  talkMs: fc.integer({ min: 0, max: 600_000 }),
  cost: fc.integer({ min: 0, max: 500_000 }),
  latencies: fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 4 }),
  tools: fc.array(fc.constantFrom('success' as const, 'error' as const, 'timeout' as const), { maxLength: 3 }),
  interruptions: fc.integer({ min: 0, max: 3 }),
});

const entriesOf = ({ latencies, tools, interruptions }: Ended): CallEntry[] => {
  const entries: Record<string, unknown>[] = [
    { kind: 'turn', role: 'assistant', turnNumber: 0, text: 'Hello.' },
    ...latencies.map((answerLatencyMs, turn) => ({
      kind: 'turn',
      role: 'assistant',
      turnNumber: turn + 1,
      text: 'Yes.',
      answerLatencyMs,
    })),
    ...tools.map((status) => ({ kind: 'tool', turnNumber: 1, toolUseId: 't', name: 'look', status, durationMs: 1 })),
    ...Array.from({ length: interruptions }, () => ({ kind: 'interruption', turnNumber: 1, playedMs: 1 })),
  ];
  return entries.map((entry, seq) => ({ ...entry, seq, atMs: 0 })) as unknown as CallEntry[];
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

describe('statistics', () => {
  it('say of any calls what the calls say, by tenant and agent, by hour and day, also when all end at once', async () => {
    let tenant = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(ended, { minLength: 1, maxLength: 6 }), async (calls) => {
        tenant += 1;
        const userId = `tenant-${tenant}`;
        const store = dynamoCallStore(TABLES, tables.client);
        await Promise.all(
          calls.map(async (one) => {
            const agentId = AGENTS[one.agent] ?? '';
            const cost = { ...NO_COST, model: one.cost };
            const call = activeCall(userId, one.atMs, { agentId, channel: one.channel, cost });
            await store.insert(call);
            const endedAtMs = one.atMs + 1000 + one.talkMs;
            const tally = withEntries(EMPTY_CALL_TALLY, entriesOf(one));
            const context = { env: TABLES, client: tables.client };
            const transition = one.isFailed ? 'fail' : 'complete';
            // Two who end the same call count it once.
            await Promise.all([1, 2].map(() => endCall(context, call, transition, { endedAtMs }, { tally })));
          }),
        );
        const { totals } = await use().tenant(userId, { granularity: 'hour', from: DAY, to: NOW });
        const daily = await use().tenant(userId, { from: DAY, to: NOW });
        const agents = await Promise.all(AGENTS.map((agentId) => use().agent(userId, agentId, { from: DAY, to: NOW })));
        const expected = {
          calls: calls.length,
          failedCalls: calls.filter(({ isFailed }) => isFailed).length,
          answers: sum(calls.map(({ latencies }) => latencies.length)),
          interruptions: sum(calls.map(({ interruptions }) => interruptions)),
          handOffs: 0,
          toolCalls: sum(calls.map(({ tools }) => tools.length)),
          toolErrors: sum(calls.map(({ tools }) => tools.filter((status) => status !== 'success').length)),
          costMicroUsd: sum(calls.map(({ cost }) => cost)),
          minutes: Math.round(sum(calls.map(({ talkMs }) => talkMs)) / 60) / 1000,
        };
        expect(totals).toMatchObject(expected);
        expect(daily.totals).toEqual(totals);
        expect(sum(agents.map((report) => Number(report.totals.calls)))).toBe(calls.length);
        expect(sum(agents.map((report) => Number(report.totals.costMicroUsd)))).toBe(expected.costMicroUsd);
        expect(totals.latency).toMatchObject({ measured: expected.answers });
      }),
      { numRuns: 8 },
    );
  });

  it('count a call that nobody answered, once, whoever says so', async () => {
    const store = dynamoCallStore(TABLES, tables.client);
    const call = activeCall('rung', NOW - 1000, { status: 'ringing', direction: 'outbound' });
    await store.insert(call);
    const key = { userId: call.userId, callId: call.callId };
    const written = [];
    for (let time = 0; time < 2; time += 1) {
      written.push((await store.transition(key, 'fail', { endReason: 'failed', failure: 'Nobody answered.' })).written);
    }
    const { totals, periods } = await use().tenant('rung');
    expect({ written, periods: periods.length, totals, agents: await use().agents('rung') }).toEqual({
      written: [true, false],
      periods: 8,
      totals: {
        calls: 1,
        failedCalls: 1,
        minutes: 0,
        answers: 0,
        interruptions: 0,
        handOffs: 0,
        toolCalls: 0,
        toolErrors: 0,
        costMicroUsd: 0,
        latency: { measured: 0, p50Ms: null, p95Ms: null },
        byChannel: [{ channel: 'phone', calls: 1, minutes: 0, answers: 0, costMicroUsd: 0 }],
      },
      agents: {
        day: '2026-11-21',
        agents: [{ agentId: AGENTS[0], calls: 1, minutes: 0, answers: 0, costMicroUsd: 0 }],
      },
    });
    expect(await use().agents('rung', '2026-11-20')).toEqual({ day: '2026-11-20', agents: [] });
    expect((await use().tenant('somebody-else')).totals.calls).toBe(0);
  });

  it('count a written answer with the turns it is kept by, or not at all', async () => {
    const conversations = dynamoConversationStore(TABLES, tables.client);
    const key = { userId: 'writer' as UserId, agentId: AGENTS[0] as never, sessionId: 's_12345678' as SessionId };
    const lock = { key, token: 'one', lockedUntil: 100 };
    const tool = { name: 'look', input: {}, status: 'error' as const, clauseIds: [], durationMs: 1 };
    const handoff = { reason: 'asked', summary: '', collected: {}, clauseIds: [] };
    const counted = { ...key, atMs: NOW, tally: answerTally('text', { toolCalls: [tool], handoff }) };
    await conversations.lock(lock, 1);
    const append = () =>
      conversations.append(lock, { turns: [], next: 0 }, [{ role: 'user', text: 'Hi' }], {
        now: 1,
        expiresAt: 2_000_000_000,
        counted,
      });
    await append();
    await expect(append()).rejects.toThrow();
    const { totals } = await use().agent('writer', AGENTS[0] ?? '');
    expect(totals).toMatchObject({ calls: 0, answers: 1, toolCalls: 1, toolErrors: 1, handOffs: 1 });
    expect(totals.byChannel).toEqual([{ channel: 'text', calls: 0, minutes: 0, answers: 1, costMicroUsd: 0 }]);
  });

  it('of an agent that is erased go; its tenant’s stay', async () => {
    const store = dynamoStatisticsStore(TABLES, tables.client);
    const [agentId = ''] = AGENTS;
    const call = activeCall('eraser', NOW);
    await dynamoCallStore(TABLES, tables.client).insert(call);
    await endCall({ env: TABLES, client: tables.client }, call, 'complete', { endedAtMs: NOW + 61_000 });
    for (let all = false; !all; ) all = await store.forget({ userId: 'eraser', agentId }, 1);
    expect({
      agent: (await use().agent('eraser', agentId)).totals.calls,
      agents: await use().agents('eraser'),
      tenant: (await use().tenant('eraser')).totals.calls,
    }).toEqual({ agent: 0, agents: { day: '2026-11-21', agents: [] }, tenant: 1 });
  });

  it('are not read for spans that no chart could show', async () => {
    const asked = [
      use().tenant('ann', { from: NOW, to: DAY }),
      use().tenant('ann', { granularity: 'hour', from: 0, to: NOW }),
      use().agent('ann', 'nobody'),
    ];
    const codes = await Promise.all(
      asked.map((one) =>
        one.then(
          () => 'none',
          ({ code }: { code: string }) => code,
        ),
      ),
    );
    expect(codes).toEqual(['invalid-request', 'invalid-request', 'agent-not-found']);
  });
});

describe('writes that meet others at the same rows', () => {
  const canceled = (...codes: readonly string[]) =>
    Object.assign(new Error('canceled'), {
      name: 'TransactionCanceledException',
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const clientThat = (...outcomes: readonly (Error | undefined)[]) => {
    const left = [...outcomes];
    const sent: unknown[] = [];
    const send = async (command: TransactWriteCommand) => {
      sent.push(command);
      const outcome = left.shift();
      if (outcome !== undefined) throw outcome;
      return {};
    };
    return { sent, client: { send } as unknown as Parameters<typeof transactPatiently>[0] };
  };

  it('are made again, longer and longer after; a condition that does not hold is told at once', async () => {
    const pauses: number[] = [];
    const pause = async (ms: number) => void pauses.push(ms);
    const met = clientThat(canceled('None', 'TransactionConflict'), canceled('TransactionConflict'));
    await transactPatiently(met.client, [], pause);
    const refused = clientThat(canceled('ConditionalCheckFailed', 'TransactionConflict'));
    await expect(transactPatiently(refused.client, [], pause)).rejects.toThrow('canceled');
    const always = clientThat(...Array.from({ length: 20 }, () => canceled('TransactionConflict')));
    await expect(transactPatiently(always.client, [], pause)).rejects.toThrow('canceled');
    expect({
      met: met.sent.length,
      refused: refused.sent.length,
      always: always.sent.length,
      pauses: pauses.slice(0, 2),
    }).toEqual({ met: 3, refused: 1, always: 12, pauses: [40, 80] });
  });
});
