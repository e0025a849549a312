import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentBody, Api } from './support/api.ts';
import { movableClock } from './support/clocks.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';

interface UploadForm {
  readonly path: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface Accepted {
  readonly agentId: string;
  readonly uploads: readonly UploadForm[];
}

const CONTENT: Readonly<Record<string, string>> = {
  'manuals/boiler.md': `# Boiler\n\nThe boiler is serviced every 24 months.\n\n${'Keep the vents free. '.repeat(200)}`,
  'tariffs.csv': 'Tariff,Price per kWh\nNight,19 cents\nDay,31 cents\n',
};
const DESCRIPTIONS = { manuals: { 'boiler.md': 'Manual of the boiler' }, 'tariffs.csv': 'Tariffs' };

const declaration = (sizes: Readonly<Record<string, number>>, descriptions: object = DESCRIPTIONS) => ({
  agentName: 'Warm Homes',
  agentType: 'text',
  sop: '1. Greet the customer.\n2. Answer questions about tariffs and boilers from the documents.\n',
  knowledgeBaseDescription: 'Tariffs and manuals.',
  humanHandoffDescription: 'Hand over when somebody smells gas.',
  folderFileDescriptions: descriptions,
  files: Object.entries(sizes).map(([path, sizeBytes]) => ({ path, sizeBytes })),
});

const settled = ({ status }: AgentBody): boolean => status === 'active' || status === 'failed';
const failed = ({ status }: AgentBody): boolean => status === 'failed';

/** Declared in the place of the others; the second is no PDF. */
const WRONG: Readonly<Record<string, string>> = {
  'tariffs.csv': CONTENT['tariffs.csv'] ?? '',
  'guide.pdf': 'MZ not a PDF',
};

const sizesOf = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.byteLength(text)]));
const honestSizes = sizesOf(CONTENT);

async function upload({ url, fields }: UploadForm, content: string): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([content]));
  return (await fetch(url, { method: 'POST', body: form })).status;
}

describe('files too large for a request', () => {
  const clock = movableClock();
  let harness: Harness;
  let api: Api;

  beforeAll(async () => {
    harness = await startHarness({ clock });
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('heater'));
  });
  afterAll(() => harness?.stop());

  it('are uploaded by form, and the workflow starts when the last has arrived', async () => {
    const { status, body } = await api.request<Accepted>('POST', '/api/v1/agents', declaration(honestSizes));
    expect(status).toBe(202);
    expect(body.uploads.map(({ path }) => path).sort()).toEqual(Object.keys(CONTENT).sort());
    const [first, last] = body.uploads;
    if (first === undefined || last === undefined) throw new Error('two forms were expected');

    expect(await upload(first, CONTENT[first.path] ?? '')).toBe(204);
    const waiting = await api.agentWhen(body.agentId, ({ uploads }) =>
      JSON.stringify(uploads).includes(`["${last.path}"]`),
    );
    expect(waiting.provisioning.status).toBe('awaiting-uploads');

    expect(await upload(last, CONTENT[last.path] ?? '')).toBe(204);
    const agent = await api.agentWhen(body.agentId, settled);
    expect(agent.status).toBe('active');
    const answer = await api.request<{ answer: string }>('POST', `/api/v1/agents/${body.agentId}/messages`, {
      text: 'How often is the boiler serviced?',
    });
    expect(answer.body.answer).toContain('24 months');
  });

  it('cannot be larger than declared', async () => {
    const { body } = await api.request<Accepted>(
      'POST',
      '/api/v1/agents',
      declaration({ ...honestSizes, 'tariffs.csv': 3 }),
    );
    const form = body.uploads.find(({ path }) => path === 'tariffs.csv');
    if (form === undefined) throw new Error('a form for tariffs.csv was expected');
    expect(await upload(form, CONTENT['tariffs.csv'] ?? '')).toBe(400);
  });

  it('cannot be put anywhere else with the form', async () => {
    const { body } = await api.request<Accepted>('POST', '/api/v1/agents', declaration(honestSizes));
    const form = body.uploads[0];
    if (form === undefined) throw new Error('a form was expected');
    const moved = { ...form, fields: { ...form.fields, key: 'somebody-else/agent/file.md' } };
    expect(await upload(moved, CONTENT[form.path] ?? '')).toBe(403);
  });

  it('of more than 50 MB are refused before anything is stored', async () => {
    const before = await lastingOf(harness);
    const answer = await api.request(
      'POST',
      '/api/v1/agents',
      declaration({ ...honestSizes, 'tariffs.csv': 52_428_801 }),
    );
    expect(answer).toMatchObject({
      status: 413,
      body: { code: 'file-too-large', errors: [{ pointer: '/files/1' }] },
    });
    expect(await lastingOf(harness)).toEqual(before);
  });

  it('that are not what their names say end the run, and a retry asks for them again', async () => {
    const { body } = await api.request<Accepted>(
      'POST',
      '/api/v1/agents',
      declaration(sizesOf(WRONG), { 'tariffs.csv': 'Tariffs', 'guide.pdf': 'Guide' }),
    );
    const path = `/api/v1/agents/${body.agentId}`;
    for (const form of body.uploads) expect(await upload(form, WRONG[form.path] ?? '')).toBe(204);
    expect(await api.agentWhen(body.agentId, failed)).toMatchObject({
      statusReason: { code: 'file-content-mismatch', message: expect.stringContaining('guide.pdf') },
    });
    const retried = await api.request<Accepted>('POST', `${path}/retry`);
    expect(retried.body.uploads.map((form) => form.path)).toEqual(['guide.pdf']);
    expect((await api.request('DELETE', path)).status).toBe(202);
    await expect.poll(async () => (await api.request('GET', path)).status, { timeout: 50_000 }).toBe(404);
  });

  it('that never arrive are waited for no longer than their forms are good, and a retry gives new forms', async () => {
    const before = await lastingOf(harness);
    const { body } = await api.request<Accepted>('POST', '/api/v1/agents', declaration(honestSizes));
    const path = `/api/v1/agents/${body.agentId}`;
    const [first, last] = body.uploads;
    if (first === undefined || last === undefined) throw new Error('two forms were expected');
    expect(await upload(first, CONTENT[first.path] ?? '')).toBe(204);
    await api.agentWhen(body.agentId, ({ uploads }) => JSON.stringify(uploads).includes(`["${last.path}"]`));

    clock.aheadMs += 3_601_000;
    const later = new Api(harness.cloud.apiUrl, await harness.tokenOf('heater'));
    expect(await upload(last, CONTENT[last.path] ?? '')).toBe(403);
    expect(await later.request('GET', path)).toMatchObject({
      body: { status: 'failed', statusReason: { code: 'uploads-expired' }, provisioning: { status: 'failed' } },
    });

    const retried = await later.request<Accepted>('POST', `${path}/retry`);
    expect(retried).toMatchObject({ status: 202, body: { status: 'creating', uploads: [{ path: last.path }] } });
    expect(await later.request('GET', path)).toMatchObject({
      body: {
        statusReason: null,
        provisioning: { status: 'awaiting-uploads', run: 2 },
        uploads: { pending: [last.path] },
      },
    });
    for (const form of retried.body.uploads) expect(await upload(form, CONTENT[form.path] ?? '')).toBe(204);
    expect(await later.agentWhen(body.agentId, settled)).toMatchObject({
      status: 'active',
      provisioning: { run: 2, version: 1 },
      uploads: null,
    });

    expect((await later.request('DELETE', path)).status).toBe(202);
    await expect.poll(async () => (await later.request('GET', path)).status, { timeout: 50_000 }).toBe(404);
    await expect.poll(() => lastingOf(harness), { timeout: 20_000 }).toEqual(before);
  });

  it('are forgotten with an agent that is deleted before they arrive, also those that come too late', async () => {
    const later = new Api(harness.cloud.apiUrl, await harness.tokenOf('heater'));
    const before = await lastingOf(harness);
    const { body } = await later.request<Accepted>('POST', '/api/v1/agents', declaration(honestSizes));
    const path = `/api/v1/agents/${body.agentId}`;
    const [first, last] = body.uploads;
    if (first === undefined || last === undefined) throw new Error('two forms were expected');
    expect(await upload(first, CONTENT[first.path] ?? '')).toBe(204);
    expect((await later.request('DELETE', path)).status).toBe(202);
    await expect.poll(async () => (await later.request('GET', path)).status, { timeout: 50_000 }).toBe(404);
    expect(await upload(last, CONTENT[last.path] ?? '')).toBe(204);
    await expect.poll(() => lastingOf(harness), { timeout: 20_000 }).toEqual(before);
  });
});
