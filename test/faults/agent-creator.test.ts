import { afterAll, describe, expect, it } from 'vitest';
import { BIKE_SHOP, formOf } from '../e2e/support/business.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { replaceCreator } from './support/replace-creator.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';
import type { Vice } from './support/vices.ts';

/** What becomes of an agent whose AgentCreator has the vice, and words of the reason that a person can act on. */
const FAILURES: readonly (readonly [Vice, string, string])[] = [
  ['nothing', 'agent-creator-failed', 'produced no agent in 3 attempts. Retry; if that fails, make the SOP shorter.'],
  [
    'endless loop',
    'agent-creator-failed',
    'produced no agent in 3 attempts. Retry; if that fails, make the SOP shorter.',
  ],
  ['nonsense', 'code-rejected', 'result.json does not say what was built.'],
  ['forbidden imports', 'code-rejected', '@oratio/agent-kit'],
  ['loop in a tool', 'code-rejected', 'Retry, or put the SOP more plainly.'],
];

describe('an AgentCreator gone wrong', () => {
  let harness: Harness;
  let client: PatientClient;
  let before: readonly string[];
  const agentIds = new Map<Vice, string>();

  const idOf = (vice: Vice): string => agentIds.get(vice) ?? '';
  const stepOf = async (vice: Vice, step: string) =>
    (await client.settle(idOf(vice))).provisioning.steps.find((line) => line.step === step);

  it('is put in the place of the real one, and asked for an agent for each vice', async () => {
    // Fifteen minutes of waiting for a silent attempt become ten seconds.
    harness = await startHarness({ clock: hurriedClock(90), warmFunctions: 40 });
    client = await PatientClient.signIn(harness, 'patient');
    await replaceCreator(harness, 'rogue-creator.ts');
    before = await harness.cloud.inventory();
    for (const vice of [...FAILURES.map(([name]) => name), 'learns from findings'] as const) {
      const form = () => formOf(BIKE_SHOP, { fields: { agentName: vice } });
      agentIds.set(vice, await client.create(vice.replaceAll(' ', '-'), form));
    }
    expect(agentIds.size).toBe(6);
  }, 180_000);

  it.each(FAILURES)(
    'with the vice "%s" fails the agent after three attempts, saying what to do',
    async (vice, code, words) => {
      const agent = await client.settle(idOf(vice));
      expect(agent).toMatchObject({
        status: 'failed',
        statusReason: { code, step: 'CheckCode', message: expect.stringContaining(words) },
      });
      expect(await stepOf(vice, 'InvokeAgentCreator')).toMatchObject({ status: 'succeeded', attempt: 3 });
      expect(await stepOf(vice, 'CheckCode')).toMatchObject({ status: 'failed', attempt: 3 });
    },
    180_000,
  );

  it('that learns from the findings makes an active agent at the second attempt', async () => {
    expect(await client.settle(idOf('learns from findings'))).toMatchObject({ status: 'active', activeVersion: 1 });
    expect(await stepOf('learns from findings', 'CheckCode')).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(await stepOf('learns from findings', 'InvokeAgentCreator')).toMatchObject({ attempt: 2 });
  }, 60_000);

  it('leaves nothing once its agents are deleted, not even a session', async () => {
    for (const agentId of agentIds.values()) await client.remove(agentId);
    await expectNoOrphans(harness, before);
  }, 180_000);

  afterAll(() => harness?.stop());
});
