import { afterAll, beforeAll, describe, it } from 'vitest';
import { PROVISIONING_STEPS } from '../../shared/provisioning/provisioning.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

describe('an agent deleted while it is made', () => {
  let harness: Harness;
  let client: PatientClient;
  let before: readonly string[];

  beforeAll(async () => {
    harness = await startHarness({ clock: hurriedClock(4), warmFunctions: 40 });
    client = await PatientClient.signIn(harness, 'fickle');
    before = await harness.cloud.inventory();
  });
  afterAll(() => harness?.stop());

  it('at once, leaves nothing behind', async () => {
    const agentId = await client.create('at-once');
    await client.remove(agentId);
    await expectNoOrphans(harness, before);
  });

  it.each(PROVISIONING_STEPS)('during %s, leaves nothing behind', async (step) => {
    const agentId = await client.create(`deleted-${step}`);
    await client.at(agentId, step);
    await client.remove(agentId);
    await expectNoOrphans(harness, before);
  });
});
