import { expect, test } from 'vitest';
import type { AgentView } from '../../../local/start/api-client.ts';
import { progressLines } from '../../../local/start/progress.ts';
import { PROVISIONING_STEPS } from '../../../shared/provisioning/provisioning.ts';

test('every step of the workflow is told in words, none by its name in the code', () => {
  const steps = PROVISIONING_STEPS.map((step) => ({ step, status: 'running', attempt: 1, startedAtMs: 0 }));
  const lines = progressLines()({ provisioning: { steps } } as unknown as AgentView);
  expect(lines).toHaveLength(PROVISIONING_STEPS.length);
  expect(PROVISIONING_STEPS.filter((step) => lines.some((line) => line.includes(step)))).toEqual([]);
});
