import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hurriedClock } from '../faults/support/hurried-clock.ts';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';

const settled = ({ status }: AgentBody): boolean => status === 'active' || status === 'failed';
/** More often than any step is tried. */
const ALWAYS = 1_000;

describe('a run that failed', () => {
  let harness: Harness;
  let api: Api;
  let path: string;
  let agentId: string;
  let before: readonly string[];

  beforeAll(async () => {
    harness = await startHarness({ clock: hurriedClock(20) });
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('patient'));
    before = await lastingOf(harness);
  });
  afterAll(() => harness?.stop());

  const attempts = ({ provisioning }: AgentBody) =>
    Object.fromEntries(provisioning.steps.map(({ step, status, attempt }) => [step, `${status} ${attempt}`]));

  it('says what went wrong in words for a person, and keeps nothing half-made', async () => {
    harness.cloud.faults.load([
      {
        kind: 'server-error',
        service: 'bedrock-agentcore-control',
        operation: 'CreateAgentRuntime',
        times: ALWAYS,
      },
    ]);
    const created = await api.request('POST', '/api/v1/agents', formOf(BIKE_SHOP));
    agentId = String(created.body.agentId);
    path = `/api/v1/agents/${agentId}`;
    const agent = await api.agentWhen(agentId, settled);
    expect(agent).toMatchObject({
      status: 'failed',
      statusReason: { code: expect.any(String), message: expect.stringMatching(/[Rr]etry/), step: 'DeployAgentCore' },
      provisioning: { status: 'failed', run: 1 },
    });
    expect((await lastingOf(harness)).filter((line) => line.includes('/agents/oratio-dev-agent'))).toEqual([]);
  });

  it('goes on from its first step not done', async () => {
    harness.cloud.faults.clear();
    const retried = await api.request('POST', `${path}/retry`);
    expect(retried).toMatchObject({
      status: 202,
      body: { agentId, status: 'creating', message: 'Resumed from DeployAgentCore' },
    });
    const agent = await api.agentWhen(agentId, settled);
    expect(agent).toMatchObject({ status: 'active', version: 1, activeVersion: 1, provisioning: { run: 2 } });
    expect(attempts(agent)).toMatchObject({
      ProvisionKnowledgeBase: 'succeeded 2',
      DeployAgentCore: 'succeeded 1',
      ActivateAgent: 'succeeded 1',
    });
  });

  it('of a change leaves the version before at work, until another change mends what was wrong', async () => {
    const broken = {
      fields: {},
      descriptions: { ...BIKE_SHOP.descriptions, 'offers.pdf': 'Offers' },
      files: { 'offers.pdf': '%PDF-1.7 and nothing that follows' },
    };
    expect((await api.request('PATCH', path, formOf(broken))).status).toBe(202);
    expect(await api.agentWhen(agentId, settled)).toMatchObject({
      status: 'active',
      version: 2,
      activeVersion: 1,
      statusReason: {
        code: 'ingestion-failed',
        message: expect.stringContaining('offers.pdf'),
        step: 'CheckIngestion',
      },
      provisioning: { status: 'failed' },
    });
    const { body } = await api.request('POST', `${path}/messages`, { text: 'What does a puncture cost?' });
    expect(body.answer).toContain('15');
    expect(await api.request('PATCH', path, { removeFiles: ['offers.pdf'] })).toMatchObject({
      status: 202,
      body: { status: 'updating' },
    });
    expect(await api.agentWhen(agentId, settled)).toMatchObject({
      status: 'active',
      version: 3,
      activeVersion: 3,
      statusReason: null,
    });
  });

  it('leaves nothing behind when its agent is deleted', async () => {
    expect((await api.request('DELETE', path)).status).toBe(202);
    await expect.poll(async () => (await api.request('GET', path)).status, { timeout: 50_000 }).toBe(404);
    await expect.poll(() => lastingOf(harness), { timeout: 20_000 }).toEqual(before);
  });
});
