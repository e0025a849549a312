import { expect, test } from 'vitest';
import { AGENT, KEY, makeWorld, newAgent, USER } from '../provisioning/support/world.ts';
import { execute } from './support/execute.ts';

const CODE = `${USER}/${AGENT}/v1/`;
const APPROVED = ['agent.zip', 'agent_file.mjs', 'agent_file.ts', 'approval.json', 'prompt.md', 'spec.json'];
const name = `oratio-${AGENT}`;
const runtime = `o_test_${AGENT.replaceAll('-', '')}`;

test('an SOP with two files becomes an active agent', async () => {
  const world = makeWorld();
  const { end } = await execute(world, 'provision-agent');
  expect(end).toEqual({ status: 'SUCCEEDED', output: { status: 'active' } });
  expect(world.agent()).toMatchObject({
    status: 'active',
    activeVersion: 1,
    agentCodeS3Path: `s3://code/${CODE}agent_file.ts`,
    runtime: { agentRuntimeVersion: '1', endpointName: 'live', roleName: `oratio-agent-${AGENT}` },
    provisioning: { status: 'succeeded' },
  });
  const steps = Object.values(world.agent()?.provisioning.steps ?? {});
  expect(steps.map(({ step, status, attempt }) => `${step} ${status} ${attempt}`).sort()).toEqual([
    'ActivateAgent succeeded 1',
    'CheckCode succeeded 1',
    'CheckIngestion succeeded 1',
    'CheckRuntime succeeded 1',
    'DeployAgentCore succeeded 1',
    'InvokeAgentCreator succeeded 1',
    'PlanChannels succeeded 1',
    'ProvisionKnowledgeBase succeeded 1',
  ]);
  expect(steps.filter(({ busyUntilMs }) => busyUntilMs !== undefined)).toEqual([]);
  expect(world.knowledgeBase()).toMatchObject({
    status: 'ready',
    files: { 'faq.md': { status: 'ingested' }, 'products/catalog.pdf': { status: 'ingested' } },
  });
  expect(world.inventory().sessions).toEqual([]);
});

test('findings go back to the AgentCreator, and the second attempt is deployed', async () => {
  const world = makeWorld({ builds: ['forbidden', 'good'] });
  await execute(world, 'provision-agent');
  expect({ status: world.agent()?.status, sessions: world.inventory().sessions }).toEqual({
    status: 'active',
    sessions: [],
  });
  expect(world.builds.map(({ attempt, findings }) => ({ attempt, findings }))).toEqual([
    { attempt: 1, findings: [] },
    {
      attempt: 2,
      findings: [{ rule: 'import', message: 'Import only "@oratio/agent-kit".', file: 'agent_file.ts', line: 1 }],
    },
  ]);
});

test.each([
  ['forbidden imports', 'forbidden' as const, 'code-rejected', 'Import only "@oratio/agent-kit".'],
  ['nothing', 'silent' as const, 'agent-creator-failed', 'produced no agent in 3 attempts'],
  ['nonsense', 'nonsense' as const, 'code-rejected', 'result.json does not say what was built.'],
  ['an error', { error: 'The SOP has no steps.' }, 'code-rejected', 'The SOP has no steps.'],
])('an AgentCreator that keeps returning %s fails the agent after three attempts', async (_, outcome, code, words) => {
  const world = makeWorld({ builds: [outcome] });
  const { end } = await execute(world, 'provision-agent');
  expect(end.status).toBe('FAILED');
  expect(world.agent()).toMatchObject({ status: 'failed', statusReason: { code, step: 'CheckCode' } });
  expect(world.agent()?.statusReason?.message).toContain(words);
  expect(world.builds.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(world.inventory()).toMatchObject({ runtimes: [], endpoints: 0, roles: [], code: [], sessions: [] });
});

test('one file that cannot be read fails the agent and is named; what finished steps made stays for the retry', async () => {
  const world = makeWorld();
  world.knowledge.verdicts.set('faq.md', { status: 'failed', reason: 'The file is encrypted.' });
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({
    status: 'failed',
    statusReason: {
      code: 'ingestion-failed',
      step: 'CheckIngestion',
      message:
        '1 of 2 files could not be read in: faq.md (The file is encrypted.). Replace or remove what is named here, or retry.',
    },
  });
  expect(world.knowledgeBase()).toMatchObject({ status: 'failed', files: { 'faq.md': { status: 'failed' } } });
  expect(world.inventory()).toMatchObject({ bases: [name], sources: [name], indexes: [name], runtimes: [], roles: [] });
});

test('all files failing names them all', async () => {
  const world = makeWorld();
  for (const file of ['faq.md', 'catalog.pdf']) world.knowledge.verdicts.set(file, { status: 'ignored' });
  await execute(world, 'provision-agent');
  expect(world.agent()?.statusReason?.message).toContain('2 of 2 files could not be read in');
});

test('a full account fails the agent with the quota problem and leaves nothing behind', async () => {
  const world = makeWorld();
  world.knowledge.limits.bases = 0;
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({ status: 'failed', statusReason: { code: 'knowledge-base-quota-exceeded' } });
  expect(world.inventory()).toMatchObject({ bases: [], sources: [], indexes: [], runtimes: [], roles: [], code: [] });
});

test('a runtime that cannot be made is removed with its role', async () => {
  const world = makeWorld();
  world.runtimes.control.failNext = true;
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({
    status: 'failed',
    statusReason: { code: 'deployment-failed', step: 'CheckRuntime' },
  });
  expect(world.agent()?.runtime).toBeUndefined();
  expect(world.inventory()).toMatchObject({ runtimes: [], endpoints: 0, roles: [] });
});

test('a retry goes on from the first step not done', async () => {
  const world = makeWorld();
  world.runtimes.control.failNext = true;
  await execute(world, 'provision-agent');
  world.rows.agents.set(AGENT, rebuilt(world.agent()));
  const jobs = world.knowledge.held.jobs.size;
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({ status: 'active', activeVersion: 1, provisioning: { run: 2 } });
  expect({ jobs: world.knowledge.held.jobs.size - jobs, builds: world.builds.length }).toEqual({ jobs: 0, builds: 1 });
});

test('an update serves the old version until the new one is active', async () => {
  const world = makeWorld();
  await execute(world, 'provision-agent');
  world.rows.agents.set(AGENT, updated(world.agent()));
  const during: unknown[] = [];
  await execute(world, 'provision-agent', {
    around: async (step, _, invoke) => {
      if (step === 'ActivateAgent')
        during.push(world.agent()?.runtime?.agentRuntimeVersion, [...world.runtimes.held.endpoints.values()]);
      return invoke();
    },
  });
  expect(during.slice(0, 2)).toEqual(['1', [{ version: '1' }]]);
  expect(world.agent()).toMatchObject({ status: 'active', activeVersion: 2, runtime: { agentRuntimeVersion: '2' } });
  expect([...world.runtimes.held.endpoints.values()]).toEqual([{ version: '2' }]);
});

test('an update that fails falls back to the version that serves, and says why', async () => {
  const world = makeWorld();
  await execute(world, 'provision-agent');
  world.rows.agents.set(AGENT, updated(world.agent()));
  world.runtimes.control.failNext = true;
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({
    status: 'active',
    version: 2,
    activeVersion: 1,
    statusReason: { code: 'deployment-failed' },
    agentCodeS3Path: `s3://code/${CODE}agent_file.ts`,
    runtime: { agentRuntimeVersion: '1' },
    provisioning: { status: 'failed' },
  });
  expect([...world.runtimes.held.endpoints.values()]).toEqual([{ version: '1' }]);
  expect(world.inventory()).toMatchObject({ bases: [name], runtimes: [runtime], roles: [`oratio-agent-${AGENT}`] });
});

test('an endpoint that could not be moved is moved again by a retry', async () => {
  const world = makeWorld();
  await execute(world, 'provision-agent');
  world.rows.agents.set(AGENT, updated(world.agent()));
  world.runtimes.control.failNextMove = true;
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({
    status: 'active',
    activeVersion: 1,
    statusReason: { code: 'deployment-failed', message: expect.stringContaining('No capacity.') },
  });
  const again = updated(world.agent());
  world.rows.agents.set(AGENT, { ...again, provisioning: { ...again.provisioning, run: 3 } });
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({ status: 'active', activeVersion: 2, runtime: { agentRuntimeVersion: '2' } });
});

test('in shared isolation the agent has no knowledge base of its own and a filter it cannot drop', async () => {
  const world = makeWorld({ isolation: 'shared' });
  await execute(world, 'provision-agent');
  expect(world.inventory()).toMatchObject({ bases: [], sources: [], indexes: [] });
  const [deployed] = [...world.runtimes.held.runtimes.values()];
  expect(deployed?.configuration.environment).toEqual({
    AGENT_ID: AGENT,
    USER_ID: USER,
    AGENT_VERSION: '1',
    KNOWLEDGE_BASE_ID: 'KBSHARED',
    KNOWLEDGE_FILTER: JSON.stringify({
      andAll: [{ equals: { key: 'userId', value: USER } }, { equals: { key: 'agentId', value: AGENT } }],
    }),
    MODEL_ID: 'us.amazon.nova-2-lite-v1:0',
    AWS_REGION: 'us-east-1',
    SPEECH_MODEL_ID: 'amazon.nova-2-sonic-v1:0',
    KEEP_CALL_FUNCTION: 'oratio-keep-call',
    PROVIDER_FUNCTION: 'oratio-speak-to-provider',
  });
});

test('an agent without files gets no knowledge base, and its runtime hears of none', async () => {
  const world = makeWorld({ paths: [] });
  await execute(world, 'provision-agent');
  expect(world.agent()?.status).toBe('active');
  const [deployed] = [...world.runtimes.held.runtimes.values()];
  expect(Object.keys(deployed?.configuration.environment ?? {})).toEqual([
    'AGENT_ID',
    'USER_ID',
    'AGENT_VERSION',
    'MODEL_ID',
    'PROVIDER_FUNCTION',
    'AWS_REGION',
    'SPEECH_MODEL_ID',
    'KEEP_CALL_FUNCTION',
  ]);
  expect(world.inventory()).toMatchObject({ bases: [], sources: [], indexes: [] });
});

test('a run whose agent is deleted meanwhile ends quietly', async () => {
  const world = makeWorld();
  const { end } = await execute(world, 'provision-agent', {
    around: async (step, _, invoke) => {
      if (step === 'DeployAgentCore') await world.deps.agents.transition(KEY, 'retire', {}, { now: 1 });
      return invoke();
    },
  });
  expect(end.status).toBe('SUCCEEDED');
  expect(world.agent()?.status).toBe('deleting');
  expect(world.inventory()).toMatchObject({ runtimes: [], roles: [] });
});

test('every version leaves exactly its approved files, and what the code checker said', async () => {
  const world = makeWorld();
  await execute(world, 'provision-agent');
  const files = world.inventory().code.filter((key) => !key.includes('/builds/'));
  expect(files).toEqual([...APPROVED, 'checks/r1-a1.json'].sort().map((file) => `${CODE}${file}`));
});

const rebuilt = (agent = newAgent()) => ({
  ...agent,
  status: 'creating' as const,
  provisioning: { run: 2, version: 1, status: 'running' as const, steps: {} },
});

const updated = (agent = newAgent()) => ({
  ...agent,
  status: 'updating' as const,
  version: 2,
  provisioning: { run: 2, version: 2, status: 'running' as const, steps: {} },
});

test('an update with other files reads them in again and forgets those that left', async () => {
  const world = makeWorld();
  await execute(world, 'provision-agent');
  const row = world.knowledgeBase();
  const { 'faq.md': _faq, ...files } = row?.files ?? {};
  if (row) world.rows.knowledgeBases.set(row.knowledgeBaseId, { ...row, status: 'notready', files });
  world.rows.agents.set(AGENT, updated(world.agent()));
  await execute(world, 'provision-agent');
  expect(world.agent()).toMatchObject({ status: 'active', activeVersion: 2 });
  expect(world.knowledgeBase()?.status).toBe('ready');
  expect(world.knowledge.held.jobs.size).toBe(2);
  expect([...world.files.current.keys()].sort()).toEqual([
    `${USER}/${AGENT}/products/catalog.pdf`,
    `${USER}/${AGENT}/products/catalog.pdf.metadata.json`,
  ]);
});
