import type { Agent } from '../agents/agent.ts';
import { versionPrefix } from '../building/building.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { SpeechScope } from './agent-roles.ts';
import type { RuntimeConfiguration } from './agent-runtimes.ts';

/** The zip AgentCore runs, below the version's prefix. */
export const AGENT_PACKAGE = 'agent.zip';

interface RuntimeParts {
  readonly agent: Pick<Agent, 'userId' | 'agentId' | 'agentType'>;
  readonly version: number;
  readonly knowledgeBase: Pick<KnowledgeBase, 'bedrock'>;
  readonly codeBucket: string;
  readonly roleArn: string;
  readonly modelId: string;
  readonly region: string;
  readonly providerFunction: string;
  readonly speech: SpeechScope;
}

/** Whether an agent of this type holds calls. */
export const speaks = ({ agentType }: Pick<Agent, 'agentType'>): boolean => agentType !== 'text';

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
    MODEL_ID: parts.modelId,
    PROVIDER_FUNCTION: parts.providerFunction,
    // AgentCore is not documented to say which region it runs in, and the SDK must know.
    AWS_REGION: parts.region,
    ...(speaks(agent)
      ? { SPEECH_MODEL_ID: parts.speech.speechModelId, KEEP_CALL_FUNCTION: parts.speech.keepCallFunction }
      : {}),
    ...knowledgeEnvironment(agent, knowledgeBase),
  },
});

/**
 * The knowledge base, which an agent without files has none of, and the Bedrock `RetrievalFilter` that every retrieval
 * carries where agents share one. No empty values: nothing says that AgentCore takes them.
 */
const knowledgeEnvironment = (
  { userId, agentId }: RuntimeParts['agent'],
  { bedrock }: RuntimeParts['knowledgeBase'],
): Record<string, string> => {
  if (bedrock === undefined) return {};
  const KNOWLEDGE_BASE_ID = bedrock.bedrockKnowledgeBaseId;
  if (bedrock.isolation === 'dedicated') return { KNOWLEDGE_BASE_ID };
  const equals = (key: string, value: string) => ({ equals: { key, value } });
  const filter = { andAll: [equals('userId', userId), equals('agentId', agentId)] };
  return { KNOWLEDGE_BASE_ID, KNOWLEDGE_FILTER: JSON.stringify(filter) };
};

/** Whether a runtime's newest version is this one already: a repeated deployment then makes no other. */
export const isDeployed = (current: RuntimeConfiguration, wanted: RuntimeConfiguration): boolean =>
  fingerprint(current) === fingerprint(wanted);

const fingerprint = ({ code, roleArn, environment }: RuntimeConfiguration): string =>
  JSON.stringify([code.bucket, code.key, roleArn, Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))]);
