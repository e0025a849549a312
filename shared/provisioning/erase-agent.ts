import * as z from 'zod';
import { text } from '../kernel/env.ts';
import type { ConversationStore } from '../messages/conversation-store.ts';
import type { Objects } from './objects.ts';
import { provisioningTask, RETIREMENT, type TaskDeps, type TaskHandler } from './provisioning-task.ts';
import { agentPrefix } from './resource-names.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const EraseAgentEnv = z.object({
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CODE_BUCKET: text,
  KNOWLEDGE_BUCKET: text,
});

export interface EraseAgentDeps extends TaskDeps {
  readonly conversations: Pick<ConversationStore, 'forget'>;
  readonly code: Objects;
  readonly files: Objects;
}

/** Sessions erased between two looks at what is left. */
const SESSIONS_AT_ONCE = 100;

type Output = TaskOutput<'EraseAgent'>;

/**
 * Removes the conversations, the generated code and what was uploaded late, then both rows: the last thing that names
 * the agent goes last. What a run of this function did not get to, its retry finds still there.
 */
export const eraseAgent = (deps: EraseAgentDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'EraseAgent', input: TaskInput, ...RETIREMENT }, deps, async ({ agent }) => {
    await Promise.all([deps.code.erase(agentPrefix(agent)), deps.files.erase(agentPrefix(agent))]);
    for (let all = false; !all; ) all = await deps.conversations.forget(agent, SESSIONS_AT_ONCE);
    await deps.agents.remove(agent, agent.knowledgeBaseId);
    return { output: { status: 'done' }, progress: 'recorded' };
  });
