import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIKE_SHOP } from '../e2e/support/business.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

const sopWith = (rule: string) => ({ sop: `${BIKE_SHOP.fields.sop}\n6. ${rule}\n` });

describe('changes that meet one another', () => {
  let harness: Harness;
  let client: PatientClient;
  let before: readonly string[];

  beforeAll(async () => {
    harness = await startHarness({ clock: hurriedClock(20), warmFunctions: 40 });
    client = await PatientClient.signIn(harness, 'hasty');
    before = await harness.cloud.inventory();
  });
  afterAll(() => harness?.stop());

  it('two updates at once: one becomes the next version, the other is told that the agent is busy', async () => {
    const agentId = await client.create('two-updates');
    await client.settle(agentId);
    const answers = await Promise.all([
      client.patch(agentId, sopWith('Wish the customer a good ride.')),
      client.patch(agentId, sopWith('Wish the customer tail wind.')),
    ]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 409]);
    expect(await client.settle(agentId)).toMatchObject({ status: 'active', version: 2, activeVersion: 2 });
    await client.remove(agentId);
    await expectNoOrphans(harness, before);
  });

  it('an update while the agent is being deleted is refused; the deletion leaves nothing', async () => {
    const agentId = await client.create('update-in-deletion');
    await client.settle(agentId);
    const [deleted, updated] = await Promise.all([
      client.request('DELETE', `/api/v1/agents/${agentId}`),
      client.patch(agentId, sopWith('Wish the customer a good ride.')),
    ]);
    const later = await client.patch(agentId, sopWith('Wish the customer tail wind.'));
    expect([updated.status, later.status].filter((status) => status !== 404 && status !== 409)).toEqual(
      updated.status === 202 ? [202] : [],
    );
    expect(deleted.status).toBe(202);
    await client.gone(agentId);
    await expectNoOrphans(harness, before);
  });

  it.each(['ProvisionKnowledgeBase', 'CheckCode', 'DeployAgentCore', 'ActivateAgent'])(
    'a deletion while an update is at %s leaves nothing of either version',
    async (step) => {
      const agentId = await client.create(`deleted-in-update-${step}`);
      await client.settle(agentId);
      expect((await client.patch(agentId, sopWith('Wish the customer a good ride.'))).status).toBe(202);
      await client.at(agentId, step);
      await client.remove(agentId);
      await expectNoOrphans(harness, before);
    },
  );

  it('two deletions at once are one', async () => {
    const agentId = await client.create('deleted-twice');
    await client.settle(agentId);
    const path = `/api/v1/agents/${agentId}`;
    const answers = await Promise.all([client.request('DELETE', path), client.request('DELETE', path)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await client.gone(agentId);
    await expectNoOrphans(harness, before);
  });
});
