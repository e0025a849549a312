import type { Agent } from '../agents/agent.ts';
import { versionPrefix } from '../building/building.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { RuntimeConfiguration } from './agent-runtimes.ts';

/** The zip AgentCore runs, below the version's prefix. */
export const AGENT_PACKAGE = 'agent.zip';

interface RuntimeParts {
  readonly agent: Pick<Agent, 'userId' | 'agentId'>;
  readonly version: number;
  readonly knowledgeBase: Pick<KnowledgeBase, 'bedrock'>;
  readonly codeBucket: string;
  readonly roleArn: string;
  readonly modelId: string;
}

/** What the runtime of one version runs, and the whole environment it gets. */
export const runtimeConfiguration = ({
  agent,
  version,
  knowledgeBase,
  ...parts
}: RuntimeParts): RuntimeConfiguration => ({
  code: { bucket: parts.codeBucket, key: `${versionPrefix({ ...agent, version })}${AGENT_PACKAGE}` },
  roleArn: parts.roleArn,
  environment: {
    AGENT_ID: agent.agentId,
    USER_ID: agent.userId,
    AGENT_VERSION: String(version),
    KNOWLEDGE_BASE_ID: knowledgeBase.bedrock?.bedrockKnowledgeBaseId ?? '',
    KNOWLEDGE_FILTER: knowledgeFilter(agent, knowledgeBase),
    MODEL_ID: parts.modelId,
  },
});

/** The Bedrock `RetrievalFilter` every retrieval of this agent carries where agents share a knowledge base; else empty. */
const knowledgeFilter = (
  { userId, agentId }: RuntimeParts['agent'],
  { bedrock }: RuntimeParts['knowledgeBase'],
): string => {
  if (bedrock?.isolation !== 'shared') return '';
  const equals = (key: string, value: string) => ({ equals: { key, value } });
  return JSON.stringify({ andAll: [equals('userId', userId), equals('agentId', agentId)] });
};

/** Whether a runtime's newest version is this one already: a repeated deployment then makes no other. */
export const isDeployed = (current: RuntimeConfiguration, wanted: RuntimeConfiguration): boolean =>
  fingerprint(current) === fingerprint(wanted);

const fingerprint = ({ code, roleArn, environment }: RuntimeConfiguration): string =>
  JSON.stringify([code.bucket, code.key, roleArn, Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))]);
