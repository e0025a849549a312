import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../local/core/faults.ts';
import { inRounds, type ObservedCall, ruleOf } from './support/calls.ts';
import { Life } from './support/life.ts';

const TIME_LIMIT_MS = 240_000;

/** The processes in AgentCore: the AgentCreator, and the agents. */
const IN_AGENT_CORE = /-AgentCreatorRole|-agent-\{agentId\}/;

function expectAllRoles(calls: readonly ObservedCall[]): void {
  const roles = [...new Set(calls.map(({ roleName }) => roleName))];
  expect(roles.length).toBeGreaterThan(16);
  expect(roles.filter((role) => IN_AGENT_CORE.test(role))).toHaveLength(2);
}

describe('every AWS call of every role in a run', () => {
  /** Of a call made often, by polling or file by file, so many are hit. */
  const MOST_OF_ONE_CALL = 4;
  let life: Life;
  let calls: readonly ObservedCall[];

  const times = <T>({ count }: ObservedCall, make: (index: number) => T): T[] =>
    Array.from({ length: Math.min(count, MOST_OF_ONE_CALL) }, (_, index) => make(index));

  beforeAll(async () => {
    life = await Life.start(10);
    calls = await life.observe();
    expectAllRoles(calls);
  });
  afterAll(() => life?.harness.stop());

  it.each(['throttle', 'server-error', 'timeout-after-effect'] satisfies FaultKind[])(
    'may meet "%s", all of them in one run, their repetitions spared',
    (kind) =>
      life.through(calls, (call, agentId) => times(call, (index) => ruleOf(call, agentId, kind, 2 * index + 1))),
    TIME_LIMIT_MS,
  );

  it(
    'may take effect twice, all of them in one run',
    () => life.through(calls, (call, agentId) => times(call, (index) => ruleOf(call, agentId, 'duplicate', index + 1))),
    TIME_LIMIT_MS,
  );
});

describe('the process of every role', () => {
  /** A step is retried five times, the AgentCreator asked three times: so many calls of a role may crash in one run. */
  const crashesOf = (roleName: string): number => (IN_AGENT_CORE.test(roleName) ? 1 : 3);
  /** Enough for the role with the most calls. */
  const ROUNDS = [0, 1, 2, 3];
  let life: Life;
  let rounds: readonly (readonly ObservedCall[])[];

  beforeAll(async () => {
    // A crashed AgentCreator is given up after 15 minutes.
    life = await Life.start(30);
    const calls = await life.observe();
    expectAllRoles(calls);
    rounds = inRounds(calls, crashesOf);
    expect(rounds.length).toBeLessThanOrEqual(ROUNDS.length);
  });
  afterAll(() => life?.harness.stop());

  it.each(ROUNDS)(
    'may die with any AWS call taking effect (part %i of each role’s calls)',
    (round) => life.through(rounds[round] ?? [], (call, agentId) => [ruleOf(call, agentId, 'crash')]),
    TIME_LIMIT_MS,
  );
});
