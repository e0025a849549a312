import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import { attemptPrefix, type BuildRequest } from '../building/building.ts';
import { text } from '../kernel/env.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { AgentCreator } from './agent-creator.ts';
import { isBuilt, readApproval } from './builds.ts';
import { requireKnowledgeBase } from './knowledge-of-agent.ts';
import type { Objects } from './objects.ts';
import { PROVISIONING, provisioningTask, settled, type TaskDeps, type TaskHandler } from './provisioning-task.ts';
import { buildId } from './resource-names.ts';
import { InvokeAgentCreatorInput, type TaskOutput } from './task-contract.ts';

export const InvokeAgentCreatorEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  CODE_BUCKET: text,
  AGENT_CREATOR_RUNTIME_ARN: text,
});

export interface InvokeAgentCreatorDeps extends TaskDeps {
  readonly knowledgeBases: KnowledgeBaseStore;
  readonly code: Objects;
  readonly creator: Pick<AgentCreator, 'startBuild'>;
}

type Output = TaskOutput<'InvokeAgentCreator'>;

/** Asks the AgentCreator for one attempt, with the findings about the former. Nothing is asked for what is there already. */
export const invokeAgentCreator = (deps: InvokeAgentCreatorDeps): TaskHandler<Output> =>
  provisioningTask(
    { step: 'InvokeAgentCreator', input: InvokeAgentCreatorInput, ...PROVISIONING },
    deps,
    async ({ input, agent }) => {
      const output: Output = { buildId: buildId(input), attempt: input.attempt };
      if ((await readApproval(deps.code, input)) !== undefined) return settled(output, 'Approved in an earlier run.');
      if (await isBuilt(deps.code, input)) return settled(output);
      const knowledgeBase = await requireKnowledgeBase(deps.knowledgeBases, agent);
      await deps.creator.startBuild(buildRequest(input, agent, knowledgeBase, deps.code.bucket));
      return settled(output, detailOf(input));
    },
  );

const detailOf = ({ attempt, findings }: InvokeAgentCreatorInput): string =>
  attempt === 1 ? 'Attempt 1.' : `Attempt ${attempt}, with ${findings.length} findings about the former.`;

const buildRequest = (
  { userId, agentId, version, run, attempt, findings }: InvokeAgentCreatorInput,
  agent: Agent,
  knowledgeBase: KnowledgeBase,
  bucket: string,
): BuildRequest => ({
  type: 'build',
  buildId: buildId({ agentId, version, run, attempt }),
  userId,
  agentId,
  version,
  attempt,
  agentName: agent.agentName,
  agentType: agent.agentType,
  sop: agent.sop,
  knowledgeBaseId: agent.knowledgeBaseId,
  knowledgeBaseDescription: agent.knowledgeBaseDescription,
  humanHandoffDescription: agent.humanHandoffDescription,
  folderFileDescriptions: knowledgeBase.folderFileDescriptions,
  output: { bucket, prefix: attemptPrefix({ userId, agentId, version, run, attempt }) },
  findings,
});
