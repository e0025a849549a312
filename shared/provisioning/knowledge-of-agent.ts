import type { Agent } from '../agents/agent.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import { RunSuperseded } from './failures.ts';

/** The agent's knowledge base. Throws `RunSuperseded` when its row is gone: then the agent is gone, too. */
export const requireKnowledgeBase = async (
  knowledgeBases: Pick<KnowledgeBaseStore, 'find'>,
  { agentId, userId, knowledgeBaseId }: Agent,
): Promise<KnowledgeBase> => {
  const found = await knowledgeBases.find(knowledgeBaseId);
  if (found === undefined || found.userId !== userId)
    throw new RunSuperseded(`Agent ${agentId} has no knowledge base.`);
  return found;
};

/** Key of a file in the knowledge bucket, and its URI as Bedrock names the document. */
export const fileKey = ({ userId, agentId }: Pick<Agent, 'userId' | 'agentId'>, path: string): string =>
  `${userId}/${agentId}/${path}`;

export const fileUri = (bucketPath: string, path: string): string => `${bucketPath}${path}`;
