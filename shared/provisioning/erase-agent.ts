import * as z from 'zod';
import { text } from '../kernel/env.ts';
import type { Objects } from './objects.ts';
import { provisioningTask, RETIREMENT, type TaskDeps, type TaskHandler } from './provisioning-task.ts';
import { agentPrefix } from './resource-names.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const EraseAgentEnv = z.object({
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  CODE_BUCKET: text,
  KNOWLEDGE_BUCKET: text,
});

export interface EraseAgentDeps extends TaskDeps {
  readonly code: Objects;
  readonly files: Objects;
}

type Output = TaskOutput<'EraseAgent'>;

/**
 * Removes the generated code and what was uploaded late, then both rows: the last thing that names the agent goes last.
 * Conversations have keys that only their sessions know; their TTL removes them.
 */
export const eraseAgent = (deps: EraseAgentDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'EraseAgent', input: TaskInput, ...RETIREMENT }, deps, async ({ agent }) => {
    await Promise.all([deps.code.erase(agentPrefix(agent)), deps.files.erase(agentPrefix(agent))]);
    await deps.agents.remove(agent, agent.knowledgeBaseId);
    return { output: { status: 'done' }, progress: 'recorded' };
  });
