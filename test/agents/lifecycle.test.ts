import { beforeEach, describe, expect, it } from 'vitest';
import { acceptUpload } from '../../shared/agents/accept-upload.ts';
import { createAgent } from '../../shared/agents/create-agent.ts';
import { deleteAgent } from '../../shared/agents/delete-agent.ts';
import { getAgent } from '../../shared/agents/get-agent.ts';
import { listAgents } from '../../shared/agents/list-agents.ts';
import { retryAgent } from '../../shared/agents/retry-agent.ts';
import { replaceAgent, updateAgent } from '../../shared/agents/update-agent.ts';
import { httpLambda } from '../http/support/api-lambda.ts';
import { type Asked, formEvent, httpEvent, jsonEvent } from './support/events.ts';
import { memory } from './support/memory.ts';

interface Body {
  readonly agentId: string;
  readonly code?: string;
  readonly uploads: readonly { path: string }[];
  readonly agents: readonly { agentName: string }[];
  readonly nextCursor: string | null;
}

const FIELDS = { agentName: 'Shop', agentType: 'both', sop: '1. Greet.' };

describe('an agent', () => {
  let world: ReturnType<typeof memory>;
  let send: ReturnType<typeof httpLambda>;

  const call = async (event: Parameters<typeof send>[0]) => {
    const { statusCode, body, headers } = await send(event);
    return { status: statusCode, body: JSON.parse(body ?? '{}') as Body, headers };
  };
  const at = (method: string, agentId: string, more: Partial<Asked> = {}, below = ''): Asked => ({
    routeKey: `${method} /api/v1/agents/{agentId}${below}`,
    params: { agentId },
    ...more,
  });
  const form = (fields: Record<string, string>, files: Record<string, string>, descriptions?: unknown) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    if (descriptions) data.append('folderFileDescriptions', JSON.stringify(descriptions));
    for (const [path, content] of Object.entries(files)) data.append('files', new Blob([content]), path);
    return data;
  };
  const CREATE: Asked = { routeKey: 'POST /api/v1/agents' };
  const createWithFile = async (more: Partial<Asked> = {}) =>
    call(
      await formEvent({ ...CREATE, ...more }, form(FIELDS, { 'a/faq.md': '# FAQ' }, { a: { 'faq.md': 'Questions' } })),
    );
  const declared = (paths: string[]) =>
    call(
      jsonEvent(CREATE, {
        ...FIELDS,
        files: paths.map((path) => ({ path, sizeBytes: 5 })),
        folderFileDescriptions: Object.fromEntries(paths.map((path) => [path, 'A file'])),
      }),
    );
  const arrived = (agentId: string, path: string, content: string) => {
    world.objects.set(`ann/${agentId}/${path}`, Buffer.from(content));
    return acceptUpload(world.deps)({ detail: { object: { key: `ann/${agentId}/${path}` } } });
  };
  const settle = async (agentId: string, how: 'activate' | 'fail') => {
    const key = { userId: 'ann', agentId } as never;
    const succeeded = { activeVersion: 1, provisioning: { status: 'succeeded' } } as const;
    const failed = {
      statusReason: { code: 'ingestion-failed', message: 'No.' },
      provisioning: { status: 'failed' },
    } as const;
    await world.deps.agents.transition(key, how, how === 'activate' ? succeeded : failed, { now: 1 });
  };

  beforeEach(() => {
    world = memory();
    const { deps } = world;
    send = httpLambda(
      {
        createAgent: createAgent(deps),
        getAgent: getAgent(deps),
        listAgents: listAgents({
          ...deps,
          reaches: { of: async () => new Map() },
          cursorKey: { read: async () => 'secret' },
        }),
        updateAgent: updateAgent(deps),
        replaceAgent: replaceAgent(deps),
        deleteAgent: deleteAgent(deps),
        retryAgent: retryAgent(deps),
      },
      deps.log,
    );
  });

  it('made from a form has rows, tagged files and one run, in that order of trust', async () => {
    const { status, body, headers } = await createWithFile();
    const { agentId } = body;
    expect({ status, body, location: headers?.location }).toEqual({
      status: 202,
      body: { agentId, status: 'creating', message: 'Agent creation started' },
      location: `/api/v1/agents/${agentId}`,
    });
    expect([...world.objects.keys()]).toEqual([`ann/${agentId}/a/faq.md`]);
    expect(world.runs).toEqual([{ name: `${agentId}-v1-r1`, input: { userId: 'ann', agentId, version: 1, run: 1 } }]);
    const read = await call(httpEvent(at('GET', agentId)));
    expect(read.body).toMatchObject({
      status: 'creating',
      folderFileDescriptions: { a: { 'faq.md': 'Questions' } },
      knowledgeBase: {
        status: 'notready',
        files: [{ path: 'a/faq.md', status: 'stored', contentType: 'text/markdown' }],
      },
      provisioning: { status: 'running', run: 1, steps: [] },
      websocketUrl: null,
      apiEndpoint: `https://api.example/api/v1/agents/${agentId}/messages`,
      uploads: null,
    });
  });

  it('is not visible to another tenant, whatever he does', async () => {
    const { agentId } = (await createWithFile()).body;
    const before = structuredClone([...world.agents.values()]);
    const asked = { user: 'bob' };
    const answers = await Promise.all([
      call(httpEvent(at('GET', agentId, asked))),
      call(jsonEvent(at('PATCH', agentId, asked), { agentName: 'Mine' })),
      call(jsonEvent(at('PUT', agentId, asked), FIELDS)),
      call(httpEvent(at('DELETE', agentId, asked))),
      call(httpEvent(at('POST', agentId, asked, '/retry'))),
    ]);
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      answers.map(() => '404 agent-not-found'),
    );
    expect([...world.agents.values()]).toEqual(before);
  });

  it('leaves nothing behind when its files cannot be stored', async () => {
    world.breaks.set('files.put', Object.assign(new Error('down'), { name: 'ServiceUnavailable' }));
    const { status, body } = await createWithFile();
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'service-unavailable' });
    expect([world.agents.size, world.bases.size, world.objects.size, world.runs.length]).toEqual([0, 0, 0, 0]);
  });

  it('whose workflow cannot be started is failed with a reason, and a retry starts it', async () => {
    world.breaks.set('workflow.start', new Error('throttled'));
    const created = await createWithFile();
    expect(created).toMatchObject({ status: 202, body: { status: 'failed' } });
    const { agentId } = created.body;
    world.breaks.clear();
    const retried = await call(httpEvent(at('POST', agentId, {}, '/retry')));
    expect(retried).toMatchObject({ status: 202, body: { status: 'creating' } });
    expect(world.runs.map(({ name, input }) => [name, input.resumeFrom])).toEqual([
      [`${agentId}-v1-r2`, 'ProvisionKnowledgeBase'],
    ]);
  });

  it('of a request that died half-way is finished by its repetition, once', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    world.breaks.set('agents.update', new Error('the function was killed'));
    expect((await createWithFile({ headers })).status).toBe(500);
    expect(world.agents.size).toBe(1);
    world.breaks.clear();
    const second = await createWithFile({ headers });
    const third = await createWithFile({ headers });
    expect(second.status).toBe(202);
    expect(third).toMatchObject({ status: 202, body: second.body, headers: { 'idempotency-replayed': 'true' } });
    expect([world.agents.size, world.runs.length]).toEqual([1, 1]);
  });

  it('with declared files gets a form for each, and starts when the last has arrived, once', async () => {
    const { body } = await declared(['one.txt', 'two.txt']);
    const { uploads } = body;
    expect(uploads.map(({ path }) => path)).toEqual(['one.txt', 'two.txt']);
    await arrived(body.agentId, 'two.txt', 'two 2');
    expect(world.runs).toEqual([]);
    await arrived(body.agentId, 'one.txt', 'one 1');
    await arrived(body.agentId, 'one.txt', 'one 1');
    expect(new Set(world.runs.map(({ name }) => name))).toEqual(new Set([`${body.agentId}-v1-r1`]));
    expect((await call(httpEvent(at('GET', body.agentId)))).body).toMatchObject({
      provisioning: { status: 'running' },
    });
  });

  it('whose files never arrive is shown as failed, and a retry gives new forms for those missing', async () => {
    const { body } = await declared(['one.txt', 'two.txt']);
    await arrived(body.agentId, 'two.txt', 'two 2');
    world.advance(3_601_000);
    const read = await call(httpEvent(at('GET', body.agentId)));
    expect(read.body).toMatchObject({ status: 'failed', statusReason: { code: 'uploads-expired' } });
    const retried = await call(httpEvent(at('POST', body.agentId, {}, '/retry')));
    expect(retried.body.uploads.map(({ path }) => path)).toEqual(['one.txt']);
    await arrived(body.agentId, 'one.txt', 'one 1');
    expect(world.runs.map(({ name }) => name)).toEqual([`${body.agentId}-v1-r2`]);
  });

  it('refuses an upload that is not what its name says', async () => {
    const { body } = await declared(['one.pdf']);
    await arrived(body.agentId, 'one.pdf', 'MZ\u0000');
    expect(world.objects.size).toBe(0);
    expect((await call(httpEvent(at('GET', body.agentId)))).body).toMatchObject({
      status: 'failed',
      statusReason: { code: 'file-content-mismatch' },
    });
  });

  it('that is gone leaves no late upload behind', async () => {
    const { body } = await declared(['one.txt']);
    world.agents.clear();
    await arrived(body.agentId, 'one.txt', 'one 1');
    expect([...world.objects.keys()]).toEqual([]);
    expect(world.logged).toContain('agents.upload.discarded');
  });

  it('takes a new name without a run, and a new SOP with a run of the next version', async () => {
    const { agentId } = (await createWithFile()).body;
    await settle(agentId, 'activate');
    const renamed = await call(jsonEvent(at('PATCH', agentId), { agentName: 'Other' }));
    expect(renamed).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(world.runs).toHaveLength(1);
    const changed = await call(jsonEvent(at('PATCH', agentId), { sop: '1. Greet politely.' }));
    expect(changed).toMatchObject({ status: 202, body: { status: 'updating' } });
    expect(world.runs.at(-1)).toEqual({
      name: `${agentId}-v2-r2`,
      input: { userId: 'ann', agentId, version: 2, run: 2 },
    });
    expect(await call(jsonEvent(at('PATCH', agentId), { sop: '1. Not now.' }))).toMatchObject({
      status: 409,
      body: { code: 'agent-busy' },
      headers: { 'retry-after': '5' },
    });
  });

  it('keeps, describes anew, adds and removes files as a change says', async () => {
    const { agentId } = (await createWithFile()).body;
    await settle(agentId, 'activate');
    const changed = await call(
      await formEvent(
        at('PATCH', agentId),
        form({ removeFiles: '["a/faq.md"]' }, { 'b.txt': 'More' }, { 'b.txt': 'More of it' }),
      ),
    );
    expect(changed.status).toBe(202);
    expect([...world.objects.keys()]).toEqual([`ann/${agentId}/b.txt`]);
    expect([...world.bases.values()]).toMatchObject([
      { folderFileDescriptions: { 'b.txt': 'More of it' }, files: { 'b.txt': { status: 'stored' } } },
    ]);
  });

  it('replaced without its file loses it', async () => {
    const { agentId } = (await createWithFile()).body;
    await settle(agentId, 'activate');
    expect((await call(jsonEvent(at('PUT', agentId), FIELDS))).status).toBe(202);
    expect([world.objects.size, Object.keys([...world.bases.values()][0]?.files ?? {})]).toEqual([0, []]);
  });

  it('changed since it was read refuses the change', async () => {
    const { agentId } = (await createWithFile()).body;
    await settle(agentId, 'activate');
    const stale = { headers: { 'if-match': '"1"' } };
    const patched = await call(jsonEvent(at('PATCH', agentId, stale), { agentName: 'X' }));
    const deleted = await call(httpEvent(at('DELETE', agentId, stale)));
    expect([patched.status, patched.body.code, deleted.status]).toEqual([412, 'precondition-failed', 412]);
  });

  it('that works has nothing to retry; one that is being deleted stays so', async () => {
    const { agentId } = (await createWithFile()).body;
    await settle(agentId, 'activate');
    expect((await call(httpEvent(at('POST', agentId, {}, '/retry')))).body.code).toBe('nothing-to-retry');
    expect(await call(httpEvent(at('DELETE', agentId)))).toMatchObject({ status: 202, body: { status: 'deleting' } });
    expect(world.runs.at(-1)?.name).toBe(`${agentId}-retire`);
    expect((await call(jsonEvent(at('PATCH', agentId), { sop: 'x' }))).body.code).toBe('agent-busy');
  });

  it('is one of a list that pages through all of them, newest first', async () => {
    for (const agentName of ['A', 'B', 'C']) await call(jsonEvent(CREATE, { ...FIELDS, agentName }));
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor ? { cursor } : {}) };
      const { body } = await call(httpEvent({ routeKey: 'GET /api/agents', query }));
      names.push(...body.agents.map(({ agentName }) => agentName));
      cursor = body.nextCursor;
    } while (cursor);
    expect(names).toEqual(['C', 'B', 'A']);
  });
});
