import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

const AGENTS = 8;

describe('an account that runs five ingestion jobs at once', () => {
  let harness: Harness;
  let client: PatientClient;
  let before: readonly string[];

  beforeAll(async () => {
    // Each ingestion takes four seconds of the machine's time: long enough for all agents to want one at once.
    const latencies = { ingestionMs: 16_000 };
    harness = await startHarness({ clock: hurriedClock(4), latencies, warmFunctions: 40 });
    client = await PatientClient.signIn(harness, 'crowd');
    before = await harness.cloud.inventory();
  });
  afterAll(() => harness?.stop());

  it(`makes ${AGENTS} agents created at once active: those that find no room wait for their turn`, async () => {
    const agentIds = await Promise.all(Array.from({ length: AGENTS }, (_, index) => client.create(`agent-${index}`)));
    const agents = await Promise.all(agentIds.map((agentId) => client.settle(agentId)));
    expect(agents.map(({ status, statusReason }) => statusReason ?? status)).toEqual(Array(AGENTS).fill('active'));
    const starts = harness.cloud.trace.entries().filter(({ operation }) => operation === 'StartIngestionJob');
    expect(starts.filter(({ error }) => error === undefined)).toHaveLength(AGENTS);
    expect(starts.map(({ error }) => error)).toContain('ServiceQuotaExceededException');
    await Promise.all(agentIds.map((agentId) => client.remove(agentId)));
    await expectNoOrphans(harness, before);
  }, 180_000);
});
