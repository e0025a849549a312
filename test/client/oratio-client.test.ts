import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OratioProblem } from '../../client/index.ts';
import { operationTable } from '../../scripts/build-client.ts';
import { refusal, scriptedApi } from './support.ts';

const AGENT = { path: { agentId: 'a/1' } };
const problemOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no problem',
    (problem: unknown) => problem,
  );

describe('the typed client', () => {
  it('has every operation of the API (else run node scripts/build-client.ts)', () => {
    expect(readFileSync('client/operation-table.ts', 'utf8')).toBe(operationTable());
  });

  it('sends path, query and token, and gives data with its ETag', async () => {
    const { client, seen } = scriptedApi([
      { status: 200, body: { agentName: 'Cozy' }, headers: { etag: '"3"' } },
      { status: 200, body: { agents: [], nextCursor: null } },
    ]);
    expect(await client.call('getAgent', AGENT)).toEqual({
      data: { agentName: 'Cozy' },
      status: 200,
      etag: '"3"',
      headers: expect.any(Headers),
    });
    await client.call('listAgents', { query: { limit: 5, cursor: undefined } });
    expect(seen).toEqual([
      {
        method: 'GET',
        url: 'https://api.example.com/api/v1/agents/a%2F1',
        headers: { accept: 'application/json, application/problem+json', authorization: 'Bearer token-1' },
        body: undefined,
      },
      expect.objectContaining({ url: 'https://api.example.com/api/v1/agents?limit=5' }),
    ]);
  });

  it('sends a body as JSON, a form as it is, and no token where none is asked for', async () => {
    const { client, seen } = scriptedApi([
      { status: 202, body: {} },
      { status: 202, body: {} },
      { status: 200, body: {} },
    ]);
    const form = new FormData();
    await client.call('createAgent', { body: { agentName: 'Cozy', agentType: 'both', sop: 'Be kind.' } });
    await client.call('createAgent', { body: form, idempotencyKey: 'mine' });
    await client.call('getHealth');
    expect(seen.map(({ headers, body }) => ({ ...headers, body }))).toEqual([
      {
        accept: expect.any(String),
        'content-type': 'application/json',
        authorization: 'Bearer token-1',
        'idempotency-key': 'made-up-key',
        body: { agentName: 'Cozy', agentType: 'both', sop: 'Be kind.' },
      },
      { accept: expect.any(String), authorization: 'Bearer token-1', 'idempotency-key': 'mine', body: form },
      { accept: expect.any(String), body: undefined },
    ]);
  });

  it('asks once more for a token that was refused, and gives up when there is no other', async () => {
    const tokens = ['old', 'new'];
    const asked: unknown[] = [];
    const token = (refused?: string): string => {
      asked.push(refused);
      return tokens.shift() ?? 'new';
    };
    const renewed = scriptedApi([refusal(401, 'unauthenticated'), { status: 200, body: {} }], { token });
    await renewed.client.call('getAgent', AGENT);
    expect(renewed.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(asked).toEqual([undefined, 'old']);
    const { client, seen } = scriptedApi([refusal(401, 'unauthenticated')]);
    expect(await problemOf(client.call('getAgent', AGENT))).toMatchObject({ code: 'unauthenticated', status: 401 });
    expect(seen).toHaveLength(1);
  });

  it('waits as long as it is asked to, and repeats what may be repeated', async () => {
    const busy = refusal(429, 'too-many-requests', { retryable: true });
    const { client, seen, waits } = scriptedApi([
      { ...busy, headers: { 'retry-after': '7' } },
      refusal(503, 'service-unavailable', { retryable: true }),
      'no network',
      { status: 202, body: {} },
    ]);
    await client.call('createAgent', { body: { agentName: 'Cozy', agentType: 'both', sop: 'Be kind.' } });
    expect({ waits, keys: new Set(seen.map(({ headers }) => headers['idempotency-key'])) }).toEqual({
      waits: [7000, 750, 1500],
      keys: new Set(['made-up-key']),
    });
  });

  it.each([
    [
      'a question, which would be asked twice',
      'sendMessage',
      { body: { text: 'Hello' } },
      refusal(503, 'agent-unavailable', { retryable: true }),
    ],
    ['what will not get better', 'getAgent', {}, refusal(503, 'telephony-not-configured')],
    [
      'what takes too long to wait for',
      'getAgent',
      {},
      { ...refusal(429, 'lines-busy', { retryable: true }), headers: { 'retry-after': '600' } },
    ],
    ['a conflict', 'deleteAgent', {}, refusal(409, 'agent-busy', { retryable: true })],
  ] as const)('does not repeat %s', async (_, id, input, answer) => {
    const { client, seen, waits } = scriptedApi([answer]);
    expect(await problemOf(client.call(id, { ...AGENT, ...input } as never))).toBeInstanceOf(OratioProblem);
    expect({ seen: seen.length, waits }).toEqual({ seen: 1, waits: [] });
  });

  it('does not repeat a conditional change that got no answer: it may have been made', async () => {
    const { client, seen } = scriptedApi(['no network', { status: 202, body: {} }]);
    expect(await problemOf(client.call('deleteAgent', { ...AGENT, ifMatch: '"1"' }))).toMatchObject({
      code: 'unreachable',
      status: 0,
    });
    expect(seen).toHaveLength(1);
  });

  it('tells all that a refusal says, and what it can of one that is not ours', async () => {
    const places = [{ pointer: '/sop', message: 'The SOP is empty.', code: 'sop-empty' }];
    const ours = scriptedApi([refusal(400, 'sop-empty', { errors: places })]);
    expect(await problemOf(ours.client.call('getAgent', AGENT))).toMatchObject({
      name: 'OratioProblem',
      code: 'sop-empty',
      status: 400,
      title: 'No',
      detail: 'Because.',
      errors: places,
      requestId: 'r-1',
      retryable: false,
      retryAfterSeconds: undefined,
    });
    const gateway = scriptedApi([{ status: 403, body: { message: 'Forbidden' } }]);
    expect(await problemOf(gateway.client.call('getAgent', AGENT))).toMatchObject({
      code: 'insufficient-scope',
      detail: 'Forbidden',
      errors: [],
    });
  });

  it('says nothing new when a copy is still good', async () => {
    const { client, seen } = scriptedApi([{ status: 304 }]);
    expect(await client.callIfChanged('getAgent', '"3"', AGENT)).toBeUndefined();
    expect(seen[0]?.headers['if-none-match']).toBe('"3"');
  });

  it('goes through the pages of a listing, each when it is asked for', async () => {
    const { client, seen } = scriptedApi([
      { status: 200, body: { agents: [{ agentId: '1' }, { agentId: '2' }], nextCursor: 'c&2' } },
      { status: 200, body: { agents: [{ agentId: '3' }], nextCursor: null } },
    ]);
    const found: unknown[] = [];
    for await (const { agentId } of client.items('listAgents', { query: { limit: 2 } }))
      found.push(agentId, seen.length);
    expect(found).toEqual(['1', 1, '2', 1, '3', 2]);
    expect(seen[1]?.url).toBe('https://api.example.com/api/v1/agents?limit=2&cursor=c%262');
  });

  it('ends with the reason of its signal', async () => {
    const { client } = scriptedApi([{ status: 200, body: {} }]);
    const reason = new Error('enough');
    expect(await problemOf(client.call('getAgent', { ...AGENT, signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});
