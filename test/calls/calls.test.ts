import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, type CallEntry, CallId } from '../../shared/calls/call.ts';
import { CallListView, CallView } from '../../shared/calls/call-view-schemas.ts';
import { percentile } from '../../shared/calls/call-views.ts';
import { dynamoCallStore } from '../../shared/calls/calls-dynamodb.ts';
import { getCall } from '../../shared/calls/get-call.ts';
import { listCalls } from '../../shared/calls/list-calls.ts';
import { startTables, TABLES } from '../access/support/tables.ts';
import { httpEvent } from '../agents/support/events.ts';
import { httpLambda } from '../http/support/api-lambda.ts';

const T0 = Date.UTC(2026, 10, 21, 9);
const AGENT = '019a5c1e-7d00-7a3b-9c55-000000000001';
const OTHER = '019a5c1e-7d00-7a3b-9c55-000000000002';

/** A call that began `minute` minutes after nine. */
const idAt = (minute: number): CallId => {
  const hex = (T0 + minute * 60_000).toString(16).padStart(12, '0');
  return CallId.parse(`${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`);
};

const callAt = (minute: number, changes: Partial<Call> = {}): Call => ({
  userId: 'ann',
  callId: idAt(minute),
  agentId: AGENT,
  agentVersion: 1,
  status: 'completed',
  channel: 'browser',
  direction: 'inbound',
  transport: 'relay',
  createdAtMs: T0 + minute * 60_000,
  turns: 2,
  interruptions: 0,
  renewals: 0,
  handOvers: 0,
  cost: { model: 0, transport: 0, compute: 0, telephony: 0, speech: 0, tools: 0 },
  expiresAt: T0 / 1000 + 86_400,
  ...changes,
});

const PHONE = { channel: 'phone', direction: 'outbound', transport: 'twilio' } as const;
const at = (ms: number): number => T0 + ms;

const ENTRIES: readonly CallEntry[] = [
  {
    kind: 'turn',
    seq: 0,
    atMs: at(500),
    role: 'assistant',
    turnNumber: 0,
    text: 'Hello!',
    startMs: 480,
    playedMs: 900,
  },
  { kind: 'turn', seq: 1, atMs: at(4000), role: 'user', turnNumber: 1, text: 'Returns?', via: 'text' },
  {
    kind: 'tool',
    seq: 2,
    atMs: at(4500),
    turnNumber: 1,
    toolUseId: 't1',
    name: 'searchKnowledge',
    status: 'success',
    durationMs: 410,
    clauseIds: ['c2'],
  },
  {
    kind: 'turn',
    seq: 3,
    atMs: at(6000),
    role: 'assistant',
    turnNumber: 1,
    text: 'Within 100',
    interrupted: true,
    answerLatencyMs: 900,
  },
  { kind: 'interruption', seq: 4, atMs: at(6100), turnNumber: 1, playedMs: 700, toSilenceMs: 90 },
  { kind: 'renewal', seq: 5, atMs: at(360_000), cause: 'age', gapMs: 0, replayedMs: 3000 },
  { kind: 'hand-over', seq: 6, atMs: at(800_000), epoch: 2 },
  { kind: 'takeover', seq: 7, atMs: at(900_000), epoch: 3, gapMs: 2100 },
  { kind: 'turn', seq: 8, atMs: at(950_000), role: 'assistant', turnNumber: 2, text: 'Yes.', answerLatencyMs: 700 },
  { kind: 'handoff', seq: 9, atMs: at(960_000), reason: 'Refund', summary: 'Ann wants 890 euros back.' },
  { kind: 'audio-lost', seq: 10, atMs: at(961_000), frames: 3 },
];

describe('the calls of a tenant', () => {
  let world: Awaited<ReturnType<typeof startTables>>;
  let send: ReturnType<typeof httpLambda>;
  let nowMs = T0 + 3_600_000;

  const list = async (query: Record<string, string> = {}, user = 'ann') => {
    const answer = await send(httpEvent({ routeKey: 'GET /api/v1/calls', query, user }));
    return { status: answer.statusCode, body: JSON.parse(answer.body ?? '') };
  };
  const minutes = (body: { readonly calls: readonly { readonly createdAtMs: number }[] }): number[] =>
    body.calls.map(({ createdAtMs }) => (createdAtMs - T0) / 60_000);
  const read = async (callId: string, user = 'ann') => {
    const event = httpEvent({ routeKey: 'GET /api/v1/calls/{callId}', params: { callId }, user });
    const answer = await send(event);
    return { status: answer.statusCode, body: JSON.parse(answer.body ?? '') };
  };

  beforeAll(async () => {
    world = await startTables();
    const calls = dynamoCallStore(TABLES, world.client);
    const deps = {
      calls,
      cursorKey: { read: async () => 'secret' },
      control: { controller: async () => undefined },
      recordings: { address: async (key: string) => `https://recordings.example/${key}?signed` },
      clock: { now: () => nowMs },
    };
    send = httpLambda({ listCalls: listCalls(deps), getCall: getCall(deps) }, () => {});
    const cost = { model: 18_000, transport: 250, compute: 120, telephony: 0, speech: 0, tools: 5 };
    const ended = { answeredAtMs: at(400), endedAtMs: at(961_400), endReason: 'handed-off' } as const;
    await calls.insert(callAt(0, { cost, ...ended, engine: 'nova-sonic', recordedParts: [10, 2, 1] }));
    await calls.insert(callAt(1, { agentId: OTHER }));
    await calls.insert(callAt(2, { status: 'active' }));
    await calls.insert(callAt(3, { agentId: OTHER, status: 'failed', failure: 'The line broke.', ...PHONE }));
    await calls.insert(callAt(4, { status: 'starting', transport: 'direct' }));
    await calls.insert(callAt(5, { userId: 'bob' }));
    for (const entry of ENTRIES) {
      const key = { conversationKey: `ann#${AGENT}#${idAt(0)}`, turn: entry.seq };
      await world.client.send(new PutCommand({ TableName: TABLES.CONVERSATIONS_TABLE, Item: { ...key, ...entry } }));
    }
  });
  afterAll(() => world?.stop());

  it('are listed newest first, each tenant’s own, as documented', async () => {
    const { status, body } = await list();
    expect([status, minutes(body)]).toEqual([200, [4, 3, 2, 1, 0]]);
    expect(CallListView.parse(body)).toEqual(body);
    expect(minutes((await list({}, 'bob')).body)).toEqual([5]);
  });

  it.each([
    ['an agent', { agentId: OTHER }, [3, 1]],
    ['an agent written in capitals', { agentId: OTHER.toUpperCase() }, [3, 1]],
    ['a status', { status: 'completed' }, [1, 0]],
    ['a channel', { channel: 'phone' }, [3]],
    ['a direction and an agent', { direction: 'inbound', agentId: OTHER }, [1]],
    ['a direction that is rare, a page at a time', { direction: 'outbound', limit: '1' }, [3]],
    ['both', { agentId: AGENT, status: 'active' }, [2]],
    ['a time on', { from: '2026-11-21T09:02:00Z' }, [4, 3, 2]],
    ['a range, in another zone', { from: '2026-11-21T10:01:00+01:00', to: '2026-11-21T10:03:00+01:00' }, [3, 2, 1]],
    ['a range and an agent', { agentId: AGENT, to: '2026-11-21T09:02:00Z' }, [2, 0]],
    ['another tenant’s agent', { agentId: '019a5c1e-7d00-7a3b-9c55-000000000009' }, []],
  ])('are found by %s', async (_name, query, expected) => {
    expect(minutes((await list(query as unknown as Record<string, string>)).body)).toEqual(expected);
  });

  it.each([
    ['agentId', 'shop'],
    ['status', 'asleep'],
    ['from', 'yesterday'],
    ['limit', '101'],
    ['colour', 'red'],
  ])('are not looked for by a %s of %s', async (name, value) => {
    expect(await list({ [name]: value })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: `/query/${name}` }] },
    });
  });

  it('come page by page, by cursors that are good for the same question of the same tenant', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await list({ limit: '2', ...(cursor === '' ? {} : { cursor }) });
      seen.push(...minutes(body));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual([4, 3, 2, 1, 0]);
    const page = await list({ limit: '1' });
    const next = { cursor: String(page.body.nextCursor) };
    const misused = [
      await list({ ...next, status: 'active' }),
      await list(next, 'bob'),
      await list({ cursor: 'AAAA' }),
    ];
    expect(misused.map(({ body }) => body.code)).toEqual(misused.map(() => 'invalid-cursor'));
  });

  it('show each with all that happened in it', async () => {
    const { status, body } = await read(idAt(0).toUpperCase());
    expect(status).toBe(200);
    expect(CallView.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      durationMs: 961_000,
      endReason: 'handed-off',
      cost: {
        total: { microUsd: 18_375, usd: 0.018375 },
        legs: { model: { microUsd: 18_000, usd: 0.018 }, tools: { microUsd: 5 } },
      },
      transcript: [
        { turn: 0, role: 'assistant', text: 'Hello!', startMs: 480, playedMs: 900, interrupted: false, via: 'voice' },
        { turn: 1, role: 'user', text: 'Returns?', startMs: 4000, via: 'text', answerLatencyMs: null },
        { turn: 1, role: 'assistant', text: 'Within 100', interrupted: true, answerLatencyMs: 900 },
        { turn: 2, role: 'assistant', text: 'Yes.', answerLatencyMs: 700 },
      ],
      tools: [{ turn: 1, name: 'searchKnowledge', status: 'success', durationMs: 410, clauseIds: ['c2'], atMs: 4500 }],
      interruptionList: [{ turn: 1, atMs: 6100, playedMs: 700, toSilenceMs: 90 }],
      renewalList: [{ atMs: 360_000, cause: 'age', gapMs: 0, replayedMs: 3000 }],
      handOverList: [
        { atMs: 800_000, kind: 'hand-over', epoch: 2, gapMs: null },
        { atMs: 900_000, kind: 'takeover', epoch: 3, gapMs: 2100 },
      ],
      handoff: { atMs: 960_000, reason: 'Refund', summary: 'Ann wants 890 euros back.' },
      latency: { turns: 2, p50Ms: 700, p95Ms: 900 },
      hasRecording: true,
      recordingUrls: ['', '.2', '.10'].map(
        (part) => `https://recordings.example/ann/${AGENT}/${idAt(0)}${part}.wav?signed`,
      ),
    });
    expect(body.timeline.map(({ seq }: { seq: number }) => seq)).toEqual(ENTRIES.map(({ seq }) => seq));
  });

  it.each(['', 'shop', '019a5c1e-7d00-7a3b-9c55-000000000009'])('do not hold %j', async (callId) => {
    expect(await read(callId)).toMatchObject({ status: 404, body: { code: 'call-not-found' } });
  });

  it('do not hold another tenant’s', async () => {
    expect(await read(idAt(0), 'bob')).toMatchObject({ status: 404, body: { code: 'call-not-found' } });
  });

  it('show one that nobody connected for as failed, after three minutes', async () => {
    nowMs = T0 + 4 * 60_000 + 179_999;
    expect((await read(idAt(4))).body).toMatchObject({ status: 'starting', failure: null });
    nowMs += 1;
    expect((await read(idAt(4))).body).toMatchObject({ status: 'failed', endReason: 'client-gone' });
  });

  it('are erased with their agent, entries and all', async () => {
    const calls = dynamoCallStore(TABLES, world.client);
    for (let all = false; !all; ) all = await calls.forget({ userId: 'ann', agentId: AGENT }, 2);
    expect([minutes((await list()).body), (await read(idAt(0))).status]).toEqual([[3, 1], 404]);
    expect(await calls.entries(callAt(0))).toEqual([]);
  });
});

describe('a percentile', () => {
  it.each([
    [[], 0.5, null],
    [[7], 0.95, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.95, 4],
  ])('of %j at %f is a value that was measured: %s', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});
