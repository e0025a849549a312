import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAllRoles, IN_AGENT_CORE, inRounds, type ObservedCall, ruleOf } from './support/calls.ts';
import { Life } from './support/life.ts';

const TIME_LIMIT_MS = 240_000;

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
