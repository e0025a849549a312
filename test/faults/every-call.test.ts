import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind, FaultRule } from '../../local/core/faults.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { inRounds, type ObservedCall, observe, type Phase, ruleOf } from './support/calls.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

/** A step is retried five times, the AgentCreator asked three times: so many calls of one role may crash in one run. */
const crashesOf = (roleName: string): number => (/-AgentCreatorRole|-agent-/.test(roleName) ? 1 : 3);
const CRASH_ROUNDS = 4;
/** Of a call made often, by polling or file by file, so many are hit. */
const MOST_OF_ONE_CALL = 6;

type RulesOf = (call: ObservedCall, agentId: string) => FaultRule[];

describe('every AWS call of a run', () => {
  let harness: Harness;
  let client: PatientClient;
  let before: readonly string[];
  let calls: readonly ObservedCall[];
  let runs = 0;

  /** Creates an agent, asks it something, deletes it. `prepare` comes before each of these, `check` after it. */
  const live = async (
    prepare: (phase: Phase, agentId: string) => void,
    check: (phase: Phase, agentId: string) => void,
  ): Promise<string> => {
    runs += 1;
    prepare('create', '');
    const agentId = await client.create(`run-${runs}`);
    const { status, statusReason = null } = await client.settle(agentId);
    expect({ status, statusReason }).toEqual({ status: 'active', statusReason: null });
    check('create', agentId);
    prepare('ask', agentId);
    const path = `/api/v1/agents/${agentId}/messages`;
    const answer = await client.request('POST', path, () => ({ text: 'What does a puncture cost?' }));
    expect(answer).toMatchObject({ status: 200, body: { answer: expect.stringContaining('15') } });
    check('ask', agentId);
    prepare('delete', agentId);
    await client.remove(agentId);
    check('delete', agentId);
    return agentId;
  };

  /** Lives through the faults and leaves nothing. Returns the calls that were not made: some depend on how long AWS takes. */
  const liveThrough = async (targets: readonly ObservedCall[], rulesOf: RulesOf): Promise<ObservedCall[]> => {
    const { faults } = harness.cloud;
    const missed: ObservedCall[] = [];
    let due: readonly (readonly [ObservedCall, FaultRule])[] = [];
    await live(
      (phase, agentId) => {
        const ofPhase = targets.filter((call) => call.phase === phase);
        due = ofPhase.flatMap((call) => rulesOf(call, agentId).map((rule) => [call, rule] as const));
        faults.load(due.map(([, rule]) => rule));
      },
      () => {
        const struck = faults.struck();
        missed.push(...due.flatMap(([call, { nth }], index) => (nth === 1 && struck[index] === 0 ? [call] : [])));
      },
    );
    faults.clear();
    await expectNoOrphans(harness, before);
    return missed;
  };

  /** Every target must be hit: those that faults elsewhere kept from being made, in a run of their own. */
  const hitEach = async (targets: readonly ObservedCall[], rulesOf: RulesOf): Promise<void> => {
    const missed = await liveThrough(targets, rulesOf);
    if (missed.length > 0) expect(await liveThrough(missed, rulesOf)).toEqual([]);
  };

  beforeAll(async () => {
    harness = await startHarness({ clock: hurriedClock(60), warmFunctions: 40 });
    client = await PatientClient.signIn(harness, 'unlucky');
    before = await harness.cloud.inventory();
  });
  afterAll(() => harness?.stop());

  it('is seen in a run without faults: of all roles, those of the processes in AgentCore too', async () => {
    const { trace } = harness.cloud;
    const traces = { create: [], ask: [], delete: [] } as Record<Phase, ReturnType<typeof trace.entries>>;
    const agentId = await live(
      () => trace.clear(),
      (phase) => {
        traces[phase] = trace.entries();
      },
    );
    calls = observe(traces, agentId);
    const roles = [...new Set(calls.map(({ roleName }) => roleName))];
    expect(roles.length).toBeGreaterThan(16);
    expect(roles.filter((role) => /-AgentCreatorRole|-agent-\{agentId\}/.test(role))).toHaveLength(2);
    expect(inRounds(calls, crashesOf)).toHaveLength(CRASH_ROUNDS);
    await expectNoOrphans(harness, before);
  });

  it.each(['throttle', 'server-error', 'timeout-after-effect'] satisfies FaultKind[])(
    'may meet "%s", all calls of all roles in one run, their repetitions spared',
    async (kind) => {
      await hitEach(calls, (call, agentId) => times(call.count, (index) => ruleOf(call, agentId, kind, 2 * index + 1)));
    },
    240_000,
  );

  it('may take effect twice, all calls of all roles in one run', async () => {
    await hitEach(calls, (call, agentId) =>
      times(call.count, (index) => ruleOf(call, agentId, 'duplicate', index + 1)),
    );
  }, 240_000);

  it.each(times(CRASH_ROUNDS, (round) => round))(
    'may be the last of its process (part %i of each role’s calls)',
    async (round) => {
      const targets = inRounds(calls, crashesOf)[round] ?? [];
      await hitEach(targets, (call, agentId) => [ruleOf(call, agentId, 'crash')]);
    },
    240_000,
  );
});

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: Math.min(count, MOST_OF_ONE_CALL) }, (_, index) => make(index));
}
