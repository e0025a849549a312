import { expect, test } from 'vitest';
import { settleRun } from '../../shared/provisioning/settle-run.ts';
import { AGENT, KEY, makeWorld, newAgent } from './support/world.ts';

test('a run that was aborted says of each step that it stopped, and until when a function may still be at work', async () => {
  const world = makeWorld();
  const running = { status: 'running', attempt: 1, startedAtMs: 1 } as const;
  const steps = {
    CheckIngestion: { ...running, step: 'CheckIngestion', busyUntilMs: world.time.nowMs - 1 },
    DeployAgentCore: { ...running, step: 'DeployAgentCore', busyUntilMs: world.time.nowMs + 60_000 },
  };
  world.rows.agents.set(AGENT, newAgent({ provisioning: { run: 1, version: 1, status: 'failed', steps } }));
  expect(await settleRun(world.deps, { ...KEY, run: 1 })).toBe('failed');
  const stopped = { status: 'failed', endedAtMs: world.time.nowMs, detail: 'Stopped, because another step failed.' };
  const { busyUntilMs: _over, ...checkIngestion } = steps.CheckIngestion;
  expect(world.agent()).toMatchObject({ status: 'failed' });
  expect(world.agent()?.provisioning.steps).toEqual({
    CheckIngestion: { ...checkIngestion, ...stopped },
    DeployAgentCore: { ...steps.DeployAgentCore, ...stopped },
  });
});
