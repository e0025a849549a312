import { afterAll, beforeAll, describe, it } from 'vitest';
import type { FaultKind } from '../../local/core/faults.ts';
import { expectAllRoles, type ObservedCall, ruleOf } from './support/calls.ts';
import { Life } from './support/life.ts';

const TIME_LIMIT_MS = 240_000;

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
