import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS, type OperationId, prefixesOf } from '../../shared/http/operations.ts';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { gatedClock } from './support/clocks.ts';
import { operationAt } from './support/contract.ts';
import { type Harness, startHarness } from './support/harness.ts';

const settled = ({ status }: AgentBody): boolean => status === 'active' || status === 'failed';

/** Notes which operations were asked for, by the prefix of their path. */
class NotingApi extends Api {
  readonly asked = new Set<string>();

  override request<T = Record<string, unknown>>(...args: Parameters<Api['request']>) {
    this.asked.add(String(operationAt(args[0], args[1])));
    return super.request<T>(...args);
  }
}

describe('an agent of a client that knows the original paths', () => {
  const gate = gatedClock();
  let harness: Harness;
  let api: NotingApi;
  let path: string;

  const read = async (): Promise<AgentBody> => (await api.request<AgentBody>('GET', path)).body;
  const whenSettled = async (): Promise<AgentBody> => {
    await expect.poll(async () => settled(await read()), { timeout: 50_000 }).toBe(true);
    return read();
  };
  const ask = (body: object | string, at = path) =>
    api.request('POST', `${at}/messages`, body, { 'content-type': 'application/json' });

  beforeAll(async () => {
    harness = await startHarness({ clock: gate.clock });
    api = new NotingApi(harness.cloud.apiUrl, await harness.tokenOf('traditional'));
  });
  afterAll(() => harness?.stop());

  it('is made and found under the prefix it was asked for', async () => {
    const created = await api.request('POST', '/api/agents', formOf(BIKE_SHOP, { fields: { agentType: 'voice' } }));
    path = `/api/agents/${String(created.body.agentId)}`;
    expect(created).toMatchObject({
      status: 202,
      body: { agentId: expect.any(String), status: 'creating', message: 'Agent creation started' },
    });
    expect(created.headers.get('location')).toBe(path);
  });

  it('neither answers nor can be retried or changed before it is active', async () => {
    const refusals = await Promise.all([
      ask({ text: 'Hello?' }),
      api.request('POST', `${path}/retry`),
      api.request('PATCH', path, { sop: '1. Greet the customer.' }),
    ]);
    expect(refusals.map(({ status, body }) => [status, body.code, body.retryable])).toEqual([
      [409, 'agent-not-ready', true],
      [409, 'agent-busy', true],
      [409, 'agent-busy', true],
    ]);
    expect(refusals.map(({ headers }) => headers.get('retry-after'))).toEqual(['5', '5', '5']);
    expect(await whenSettled()).toMatchObject({
      status: 'active',
      websocketUrl: expect.stringMatching(/^wss:\/\/bedrock-agentcore\..+\/ws\?qualifier=live$/),
      apiEndpoint: `${harness.cloud.apiUrl}${path}/messages`,
    });
  });

  it('is listed as the creation service lists agents', async () => {
    const { body } = await api.request<{ agents: AgentBody[] }>('GET', '/api/agents');
    const { agentId, agentName, status, agentType, createdAt, websocketUrl, apiEndpoint } = await read();
    expect(body.agents).toMatchObject([
      { agentId, agentName, status, agentType, createdAt, websocketUrl, apiEndpoint },
    ]);
  });

  it('is sent again only when it has changed', async () => {
    const first = await api.request('GET', path);
    const etag = String(first.headers.get('etag'));
    const conditional = (ifNoneMatch: string) => api.request('GET', path, undefined, { 'if-none-match': ifNoneMatch });
    const same = await Promise.all([etag, `W/${etag}`, `"0", ${etag}`, '*'].map(conditional));
    expect(same.map(({ status, body }) => ({ status, body }))).toEqual(same.map(() => ({ status: 304, body: {} })));
    expect(same[0]?.headers.get('etag')).toBe(etag);
    expect(await conditional('"0"')).toMatchObject({ status: 200, body: first.body });
  });

  it.each([
    ['no text', {}, '/text'],
    ['an empty text', { text: ' ' }, '/text'],
    ['a text that is a number', { text: 7 }, '/text'],
    ['a text of 4,001 characters', { text: 'a'.repeat(4001) }, '/text'],
    ['half a character', '{"text":"\\ud800"}', '/text'],
    ['a session of another kind', { text: 'Hello', sessionId: '../another' }, '/sessionId'],
    ['an unknown field', { text: 'Hello', history: [] }, '/history'],
    ['a list', '[]', ''],
  ])('refuses a message with %s', async (_name, body, pointer) => {
    const answer = await ask(body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('refuses a message that is a form or no JSON', async () => {
    const form = new FormData();
    form.append('text', 'Hello');
    expect([
      (await api.request('POST', `${path}/messages`, form)).body.code,
      (await ask('{"text": ')).body.code,
    ]).toEqual(['unsupported-media-type', 'malformed-json']);
  });

  it('answers one message of a session after the other, and other sessions meanwhile', async () => {
    const { body } = await ask({ text: 'What does a puncture cost?' });
    const { sessionId } = body;
    harness.cloud.faults.load([
      { kind: 'slow', service: 'bedrock-agentcore', operation: 'InvokeAgentRuntime', delayMs: gate.delayMs },
    ]);
    const first = ask({ text: 'And a new chain?', sessionId });
    await gate.reached;
    const second = await ask({ text: 'And a brake service?', sessionId });
    const elsewhere = await ask({ text: 'What does a brake service cost?' });
    gate.open();
    expect(second).toMatchObject({ status: 409, body: { code: 'session-busy', retryable: true } });
    expect(elsewhere).toMatchObject({ status: 200, body: { answer: expect.stringContaining('60') } });
    expect(await first).toMatchObject({ status: 200, body: { sessionId, answer: expect.stringContaining('45') } });
    expect((await ask({ text: 'And a brake service?', sessionId })).status).toBe(200);
  });

  it('takes a change with a key once', async () => {
    const patch = (agentName: string) => api.request('PATCH', path, { agentName }, { 'idempotency-key': 'rename' });
    const first = await patch('Chain and Spoke');
    const { version, revision } = await read();
    const again = await patch('Chain and Spoke');
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await read()).toMatchObject({ agentName: 'Chain and Spoke', version, ...(revision ? { revision } : {}) });
    expect(await patch('Another')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  it('has nothing to change when it is replaced by itself', async () => {
    const same = await api.request('PUT', path, {
      ...BIKE_SHOP.fields,
      agentType: 'voice',
      agentName: 'Chain and Spoke',
      folderFileDescriptions: BIKE_SHOP.descriptions,
    });
    expect(same).toMatchObject({ status: 200, body: { status: 'active', message: 'Nothing to change' } });
    expect(await read()).toMatchObject({ version: 1 });
  });

  it.each([
    ['no SOP', { agentName: 'X', agentType: 'text' }, 'invalid-request', '/sop'],
    [
      'a description of a file it never had',
      { ...BIKE_SHOP.fields, folderFileDescriptions: { 'gone.md': 'Gone' } },
      'description-without-file',
      '/folderFileDescriptions/gone.md',
    ],
  ])('is not replaced by something with %s', async (_name, body, code, pointer) => {
    expect(await api.request('PUT', path, body)).toMatchObject({ status: 400, body: { code, errors: [{ pointer }] } });
  });

  it.each([
    ['a file it does not have', { removeFiles: ['gone.md'] }, 'invalid-request', '/removeFiles/0'],
    ['its tenant', { userId: 'somebody' }, 'invalid-request', '/userId'],
    ['its SOP into nothing', { sop: '' }, 'sop-empty', '/sop'],
  ])('does not change %s', async (_name, body, code, pointer) => {
    expect(await api.request('PATCH', path, body)).toMatchObject({
      status: 400,
      body: { code, errors: [{ pointer }] },
    });
  });

  it('becomes what replaces it: files that are not described any more are gone', async () => {
    const replaced = await api.request('PUT', path, {
      ...BIKE_SHOP.fields,
      agentType: 'text',
      folderFileDescriptions: { 'hours.txt': 'When we are there' },
    });
    expect(replaced).toMatchObject({ status: 202, body: { status: 'updating' } });
    expect(await whenSettled()).toMatchObject({
      status: 'active',
      agentName: 'Spoke and Chain',
      agentType: 'text',
      version: 2,
      activeVersion: 2,
      websocketUrl: null,
      folderFileDescriptions: { 'hours.txt': 'When we are there' },
      knowledgeBase: { files: [{ path: 'hours.txt', status: 'ingested' }] },
    });
    expect((await ask({ text: 'What does a puncture cost?' })).body.answer).not.toContain('15');
  });

  it('has nothing to retry while it works', async () => {
    expect(await api.request('POST', `${path}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'nothing-to-retry', retryable: false },
    });
  });

  it('is deleted once, however often that is asked', async () => {
    const answers = [await api.request('DELETE', path), await api.request('DELETE', path)];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect((await ask({ text: 'Hello?' })).status).not.toBe(200);
    await expect.poll(async () => (await api.request('GET', path)).status, { timeout: 50_000 }).toBe(404);
    expect((await api.request('DELETE', path)).status).toBe(404);
  });

  it('was asked for every operation that has an original path', () => {
    const aliased = (Object.keys(OPERATIONS) as OperationId[]).filter((id) => prefixesOf(id).length > 1);
    expect([...api.asked].sort()).toEqual(aliased.sort());
  });
});
