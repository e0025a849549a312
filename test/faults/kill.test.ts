import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROVISIONING_STEPS } from '../../shared/provisioning/provisioning.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

describe('the embedded cloud, killed while an agent is made', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'oratio-kill-'));
  let harness: Harness;
  let before: readonly string[];

  const start = async (): Promise<PatientClient> => {
    harness = await startHarness({ dataDir });
    return new PatientClient(harness, await harness.tokenOf('survivor'));
  };

  beforeAll(async () => {
    await start();
    before = await harness.cloud.inventory();
    await harness.cloud.kill();
  });
  afterAll(async () => {
    await harness?.cloud.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(PROVISIONING_STEPS)('during %s takes the run up again at the next start', async (step) => {
    const first = await start();
    const agentId = await first.create(`killed-${step}`);
    await first.api.agentWhen(agentId, ({ provisioning }) => provisioning.steps.some((s) => s.step === step));
    await harness.cloud.kill();

    const second = await start();
    expect(await second.settle(agentId)).toMatchObject({ status: 'active', activeVersion: 1 });
    await second.remove(agentId);
    await expectNoOrphans(harness, before);
    await harness.cloud.kill();
  });
});
