import { createHash } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_KEYS_PER_AGENT } from '../../shared/access/api-key.ts';
import { dynamoApiKeyStore } from '../../shared/access/api-keys-dynamodb.ts';
import { createApiKey, deleteApiKey, listApiKeys } from '../../shared/access/manage-api-keys.ts';
import { apiKeys } from '../../shared/access/verify-api-key.ts';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import { randomIds } from '../../shared/kernel/real-dependencies.ts';
import { type Asked, httpEvent, jsonEvent } from '../agents/support/events.ts';
import { httpLambda } from '../http/support/api-lambda.ts';
import { servingAgent, startTables, TABLES } from './support/tables.ts';

const agentId = (end: number): string => `019a5c1e-7d00-7a3b-9c55-${String(end).padStart(12, '0')}`;

interface Body {
  readonly key: string;
  readonly keyId: string;
  readonly code?: string;
  readonly apiKeys: readonly Record<string, unknown>[];
  readonly nextCursor: string | null;
}

describe('the API keys of an agent', () => {
  let world: Awaited<ReturnType<typeof startTables>>;
  let send: ReturnType<typeof httpLambda>;
  let store: ReturnType<typeof dynamoApiKeyStore>;
  let nowMs = Date.UTC(2026, 10, 21, 8);
  const clock = { now: () => nowMs };
  const logged: unknown[] = [];
  const now = () => Math.floor(nowMs / 1000);

  const call = async (event: Parameters<typeof send>[0]) => {
    const { statusCode, body, headers } = await send(event);
    return { status: statusCode, headers, body: JSON.parse(body ?? '{}') as Body };
  };
  const at = (method: string, agent: number, more: Partial<Asked> & { keyId?: string } = {}): Asked => ({
    routeKey: `${method} /api/v1/agents/{agentId}/api-keys${more.keyId === undefined ? '' : '/{keyId}'}`,
    params: { agentId: agentId(agent), ...(more.keyId === undefined ? {} : { keyId: more.keyId }) },
    ...more,
  });
  const create = (agent: number, body: object = {}, more: Partial<Asked> = {}) =>
    call(jsonEvent(at('POST', agent, more), { name: 'Website', scopes: ['agents:talk'], ...body }));
  const remove = (agent: number, keyId: string, more: Partial<Asked> = {}) =>
    call(httpEvent(at('DELETE', agent, { ...more, keyId })));
  const list = (agent: number, query: Record<string, string> = {}, more: Partial<Asked> = {}) =>
    call(httpEvent(at('GET', agent, { query, ...more })));
  const verify = (key: string) => apiKeys({ store, clock, log: (code) => logged.push(code) }).verify(key);

  beforeAll(async () => {
    world = await startTables();
    store = dynamoApiKeyStore(TABLES, world.client);
    const agents = dynamoAgentStore(TABLES, world.client);
    const deps = { agents, apiKeys: store, cursorKey: { read: async () => 'secret' }, clock, ids: randomIds };
    send = httpLambda(
      { createApiKey: createApiKey(deps), listApiKeys: listApiKeys(deps), deleteApiKey: deleteApiKey(deps) },
      () => {},
    );
    for (const end of [1, 2, 3, 4, 5]) await world.putAgent(servingAgent(agentId(end)));
    await world.putAgent(servingAgent(agentId(6), { status: 'deleting' }));
  });
  afterAll(() => world?.stop());

  it('are shown once and stored as their hash', async () => {
    const { status, body, headers } = await create(1, { expiresInDays: 2 });
    expect({ status, location: headers?.location, body }).toEqual({
      status: 201,
      location: `/api/v1/agents/${agentId(1)}/api-keys/${body.keyId}`,
      body: {
        key: expect.stringMatching(/^ok_[A-Za-z0-9_-]{43}$/),
        keyId: expect.any(String),
        name: 'Website',
        scopes: ['agents:talk'],
        start: body.key.slice(0, 7),
        lastFour: body.key.slice(-4),
        createdAt: now(),
        expiresAt: now() + 2 * 86_400,
        lastUsedAt: null,
      },
    });
    const { Items = [] } = await world.client.send(new ScanCommand({ TableName: TABLES.API_KEYS_TABLE }));
    expect(JSON.stringify(Items)).not.toContain(body.key);
    const keyHash = createHash('sha256').update(body.key).digest('hex');
    expect(Items).toContainEqual(expect.objectContaining({ keyHash, keyId: body.keyId }));
    const { key: _key, ...shown } = body;
    expect((await list(1)).body.apiKeys).toEqual([shown]);
  });

  it.each([
    ['no name', { name: ' ' }, '/name'],
    ['no scope', { scopes: [] }, '/scopes'],
    ['a scope twice', { scopes: ['agents:talk', 'agents:talk'] }, '/scopes'],
    ['a scope of people', { scopes: ['agents:write'] }, '/scopes/0'],
    ['a life of no day', { expiresInDays: 0 }, '/expiresInDays'],
    ['somebody else’s tenant', { userId: 'bob' }, '/userId'],
  ])('are not made with %s', async (_name, body, pointer) => {
    expect(await create(1, body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('tell whose they are until they expire', async () => {
    const { body } = await create(2, { scopes: ['agents:ask', 'agents:talk'], expiresInDays: 1 });
    expect(await verify(body.key)).toEqual({
      userId: 'ann',
      agentId: agentId(2),
      keyId: body.keyId,
      scopes: ['agents:ask', 'agents:talk'],
    });
    nowMs += 86_400_000;
    expect(await verify(body.key)).toBeUndefined();
  });

  it.each(['', 'ok_', 'nonsense', `ok_${'A'.repeat(43)}`, `ok_${'A'.repeat(42)}`, 'agent#ann#1'])(
    'are nobody’s when they are %s',
    async (key) => {
      expect(await verify(key)).toBeUndefined();
    },
  );

  it('stop at once when they are deleted, which may be repeated', async () => {
    const { body } = await create(2);
    const answers = [
      await remove(2, body.keyId),
      await remove(2, body.keyId.toUpperCase()),
      await remove(2, 'nonsense'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await verify(body.key)).toBeUndefined();
  });

  it('say when they were last used, to five minutes, without making anybody wait', async () => {
    const { body } = await create(3);
    const lastUsed = async () => (await list(3)).body.apiKeys[0]?.lastUsedAt;
    const first = now();
    await verify(body.key);
    await expect.poll(lastUsed).toBe(first);
    nowMs += 299_000;
    await verify(body.key);
    expect(await lastUsed()).toBe(first);
    nowMs += 1000;
    await verify(body.key);
    await expect.poll(lastUsed).toBe(first + 300);
  });

  it('work when the time of their use cannot be written', async () => {
    const { body } = await create(3);
    const failing = { find: store.find, touch: () => Promise.reject(new Error('throttled')) };
    const keys = apiKeys({ store: failing, clock, log: (code) => logged.push(code) });
    expect(await keys.verify(body.key)).toMatchObject({ keyId: body.keyId });
    await expect.poll(() => logged).toEqual(['access.key.untouched']);
  });

  it(`are at most ${MAX_KEYS_PER_AGENT}, also when made at once; expired and deleted ones make room`, async () => {
    const made = await Promise.all(Array.from({ length: MAX_KEYS_PER_AGENT - 1 }, () => create(4)));
    // Those that lost a race five times are told to try again.
    for (const answer of made.filter(({ status }) => status !== 201)) {
      expect(answer.status).toBeGreaterThanOrEqual(500);
    }
    let kept = (await list(4, { limit: '100' })).body.apiKeys.length;
    for (; kept < MAX_KEYS_PER_AGENT - 1; kept += 1) await create(4);
    const last = await create(4, { expiresInDays: 1 });
    expect([last.status, (await create(4)).body.code]).toEqual([201, 'too-many-api-keys']);
    nowMs += 86_400_000;
    const next = await create(4);
    expect([next.status, (await create(4)).status]).toEqual([201, 409]);
    await remove(4, next.body.keyId);
    expect((await create(4)).status).toBe(201);
  });

  it('are listed page by page, newest first, by cursors that work for this agent alone', async () => {
    const made = [];
    for (const name of ['one', 'two', 'three']) made.push((await create(5, { name })).body.keyId);
    const first = (await list(5, { limit: '2' })).body;
    const cursor = String(first.nextCursor);
    const second = (await list(5, { limit: '2', cursor })).body;
    expect([...first.apiKeys, ...second.apiKeys].map(({ name }) => name)).toEqual(['three', 'two', 'one']);
    expect([second.nextCursor, (await list(4, { cursor })).body.code]).toEqual([null, 'invalid-cursor']);
    expect(made).toHaveLength(3);
  });

  it('of another tenant’s agent are not found, and cannot be deleted', async () => {
    const { body } = await create(5);
    const answers = await Promise.all([
      create(5, {}, { user: 'bob' }),
      list(5, {}, { user: 'bob' }),
      remove(5, body.keyId, { user: 'bob' }),
    ]);
    expect(answers.map(({ body: { code } }) => code)).toEqual(answers.map(() => 'agent-not-found'));
    expect(await verify(body.key)).toMatchObject({ keyId: body.keyId });
  });

  it('are not made for an agent that is going, even by a request that had seen it before', async () => {
    expect((await create(6)).body.code).toBe('agent-busy');
    const row = { keyHash: 'f'.repeat(64), keyId: randomIds.inOrder(), userId: 'ann', agentId: agentId(6) };
    const outcomes = [row, { ...row, agentId: agentId(9) }].map((key) =>
      store.insert(key as unknown as Parameters<typeof store.insert>[0], { now: now(), most: 20 }),
    );
    expect(await Promise.all(outcomes)).toEqual(['agent-gone', 'agent-gone']);
  });

  it('die with their agent', async () => {
    const { body } = await create(5);
    await store.forget({ userId: 'ann', agentId: agentId(5) } as Parameters<typeof store.forget>[0]);
    expect([await verify(body.key), (await list(5)).body.apiKeys]).toEqual([undefined, []]);
    const { Items = [] } = await world.client.send(new ScanCommand({ TableName: TABLES.API_KEYS_TABLE }));
    expect(Items.filter((row) => JSON.stringify(row).includes(agentId(5)))).toEqual([]);
  });
});
