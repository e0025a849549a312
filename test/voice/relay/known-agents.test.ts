import { expect, test } from 'vitest';
import { versionCache } from '../../../shared/kernel/version-cache.ts';
import { rememberingBrain } from '../../../shared/voice/relay/known-agents.ts';
import type { AgentBrain, AgentSelf } from '../../../shared/voice/session/agent-brain.ts';

const selfOf = (agentVersion: number): AgentSelf => ({
  prompt: `Version ${agentVersion}.`,
  greeting: undefined,
  agentName: 'Shop',
  agentVersion,
  topics: [],
});

const brainThatSays = (agentVersion: number): AgentBrain => ({
  describe: async () => selfOf(agentVersion),
  ask: async () => ({ answer: '', handoff: null, clauseIds: [] }),
  search: async () => [],
});

test('what a version has said of itself is known to later calls of the process, of that version only', async () => {
  const selves = versionCache<AgentSelf>(10);
  const { signal } = new AbortController();
  const of = (serves: number | undefined, agentRuntimeArn = 'arn:a') =>
    rememberingBrain(brainThatSays(serves ?? 0), selves, {
      agentRuntimeArn,
      ...(serves === undefined ? {} : { agentVersion: serves }),
    });
  const before = of(1).known?.();
  await of(1).describe(signal);
  const after = [of(1).known?.(), of(2).known?.(), of(1, 'arn:b').known?.(), of(undefined).known?.()];
  await of(2).describe(signal);
  expect({ before, after, moved: [of(1).known?.(), of(2).known?.()] }).toEqual({
    before: undefined,
    after: [selfOf(1), undefined, undefined, undefined],
    moved: [undefined, selfOf(2)],
  });
});

test('what answers is remembered as the version it says it is, while the row still names the one before', async () => {
  const selves = versionCache<AgentSelf>(10);
  const { signal } = new AbortController();
  const moving = rememberingBrain(brainThatSays(2), selves, { agentRuntimeArn: 'arn:a', agentVersion: 1 });
  await moving.describe(signal);
  expect([moving.known?.(), selves.get('arn:a', 2)]).toEqual([undefined, selfOf(2)]);
});
