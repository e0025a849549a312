import { expect, test } from 'vitest';
import { statusOf } from '../../agentkit/runtime/status.ts';

test('a runtime tells AgentCore since when it is busy, and since when no longer', () => {
  const now = { busy: false, ms: 1_000 };
  const status = statusOf(
    () => now.busy,
    () => now.ms,
  );
  const at = (ms: number, busy: boolean) => {
    Object.assign(now, { ms, busy });
    return status();
  };
  expect([at(9_000, false), at(60_000, true), at(90_999, true), at(3_600_000, false), at(3_700_000, false)]).toEqual([
    { status: 'Healthy', sinceUnixSeconds: 1 },
    { status: 'HealthyBusy', sinceUnixSeconds: 60 },
    { status: 'HealthyBusy', sinceUnixSeconds: 60 },
    { status: 'Healthy', sinceUnixSeconds: 3_600 },
    { status: 'Healthy', sinceUnixSeconds: 3_600 },
  ]);
});
