import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind, FaultRule } from '../../local/core/faults.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

type Target = Required<Pick<FaultRule, 'roleName' | 'service' | 'operation'>>;

const KINDS: readonly FaultKind[] = ['throttle', 'server-error', 'timeout-after-effect', 'crash', 'duplicate'];
/** A role has at most so many different calls on the happy path; the last round must be empty. */
const MOST_CALLS_OF_A_ROLE = 16;

/** Each different call that a role of the stage made, in the order of the happy path, by role. */
function callsByRole(harness: Harness): ReadonlyMap<string, readonly Target[]> {
  const byRole = new Map<string, Target[]>();
  for (const { roleName, service, operation } of harness.cloud.trace.entries()) {
    if (roleName === undefined) continue;
    const calls = byRole.get(roleName) ?? [];
    if (!calls.some((call) => call.service === service && call.operation === operation))
      calls.push({ roleName, service, operation });
    byRole.set(roleName, calls);
  }
  return byRole;
}

describe('every AWS call of a run', () => {
  let harness: Harness;
  let client: PatientClient;
  let before: readonly string[];
  let calls: ReadonlyMap<string, readonly Target[]>;

  beforeAll(async () => {
    harness = await startHarness({ clock: hurriedClock(20) });
    client = new PatientClient(harness, await harness.tokenOf('unlucky'));
    before = await harness.cloud.inventory();
    harness.cloud.trace.clear();
    const agentId = await client.create('happy');
    expect(await client.settle(agentId)).toMatchObject({ status: 'active' });
    await client.remove(agentId);
    calls = callsByRole(harness);
  });
  afterAll(() => harness?.stop());

  it('belongs to one of many roles, none with more different calls than there are rounds', () => {
    expect(calls.size).toBeGreaterThan(12);
    expect(Math.max(...[...calls.values()].map(({ length }) => length))).toBeLessThan(MOST_CALLS_OF_A_ROLE);
  });

  const rounds = KINDS.flatMap((kind) => Array.from({ length: MOST_CALLS_OF_A_ROLE }, (_, round) => ({ kind, round })));

  it.each(rounds)(
    'may meet "$kind" (call $round of each role): the agent becomes active, and deleted it leaves nothing',
    async ({ kind, round }) => {
      const targets = [...calls.values()].flatMap((ofRole) => ofRole[round] ?? []);
      if (targets.length === 0) return;
      harness.cloud.faults.load(targets.map((target) => ({ kind, ...target })));
      const agentId = await client.create(`${kind}-${round}`);
      const agent = await client.settle(agentId);
      expect({ status: agent.status, reason: agent.statusReason ?? null }).toEqual({ status: 'active', reason: null });
      await client.remove(agentId);
      const missed = targets.filter((_, index) => harness.cloud.faults.struck()[index] === 0);
      harness.cloud.faults.clear();
      expect(missed).toEqual([]);
      await expectNoOrphans(harness, before);
    },
  );
});
