import type * as z from 'zod';
import type { Channel } from '../channels/channel.ts';
import { channelView } from '../channels/channel-views.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { PROVISIONING_STEPS, type StepProgress } from '../provisioning/provisioning.ts';
import type { Agent, AgentRuntimeRecord, AgentType } from './agent.ts';
import type { AgentReach } from './agent-reach.ts';
import type { AgentSummary } from './agent-store.ts';
import type { AgentSummaryView, AgentView, ListedAgentView } from './agent-view-schemas.ts';
import { pausedNoticeOf } from './answering.ts';

/** Where requests reach us, for the links in answers. */
export interface ReachedAt {
  readonly origin: string;
  readonly basePath: string;
}

/** `/api/v1/agents/{agentId}`, under the prefix the client used. */
export const agentPath = ({ basePath }: Pick<ReachedAt, 'basePath'>, agentId: string): string =>
  `${basePath}/agents/${agentId}`;

/** AgentCore's own WebSocket of the endpoint `live`; clients sign it with SigV4. Null where nobody can speak. */
const websocketUrlOf = (agentType: AgentType, runtime: AgentRuntimeRecord | undefined): string | null => {
  if (agentType === 'text' || runtime === undefined) return null;
  const region = runtime.agentRuntimeArn.split(':')[3];
  const path = `/runtimes/${encodeURIComponent(runtime.agentRuntimeArn)}/ws`;
  return `wss://bedrock-agentcore.${region}.amazonaws.com${path}?qualifier=${runtime.endpointName}`;
};

/** An agent in short. */
export const summaryView = (agent: AgentSummary, at: ReachedAt): z.output<typeof AgentSummaryView> => ({
  agentId: agent.agentId,
  agentName: agent.agentName,
  agentType: agent.agentType,
  status: agent.status,
  statusReason: agent.statusReason ?? null,
  knowledgeBaseId: agent.knowledgeBaseId,
  version: agent.version,
  activeVersion: agent.activeVersion ?? null,
  websocketUrl: websocketUrlOf(agent.agentType, agent.activeVersion === undefined ? undefined : agent.runtime),
  apiEndpoint: `${at.origin}${agentPath(at, agent.agentId)}/messages`,
  createdAt: agent.createdAt,
  updatedAt: agent.updatedAt,
});

/** An agent as a listing shows it. */
export const listedView = (
  agent: AgentSummary,
  { channels, phoneNumbers }: AgentReach,
  at: ReachedAt,
): z.output<typeof ListedAgentView> => ({
  ...summaryView(agent, at),
  channels: [...channels],
  phoneNumbers: [...phoneNumbers],
});

/** An agent with everything its owner may know. */
export const agentView = (
  agent: Agent,
  { knowledge, channels }: { readonly knowledge: KnowledgeBase | undefined; readonly channels: readonly Channel[] },
  at: ReachedAt,
): z.output<typeof AgentView> => {
  const { knowledgeBaseId, ...summary } = summaryView(agent, at);
  return {
    ...summary,
    ...businessView(agent),
    restsIn: agent.restsIn ?? null,
    channels: channels.map(channelView),
    sop: agent.sop,
    knowledgeBaseDescription: agent.knowledgeBaseDescription,
    humanHandoffDescription: agent.humanHandoffDescription,
    folderFileDescriptions: knowledge?.folderFileDescriptions ?? {},
    generatedPromptS3Path: agent.generatedPromptS3Path ?? null,
    agentCodeS3Path: agent.agentCodeS3Path ?? null,
    specificationS3Path: agent.specificationS3Path ?? null,
    knowledgeBase: {
      knowledgeBaseId,
      status: knowledge?.status ?? 'deleting',
      statusReason: knowledge?.statusReason ?? null,
      bedrockKnowledgeBaseId: knowledge?.bedrock?.bedrockKnowledgeBaseId ?? null,
      files: Object.values(knowledge?.files ?? {}),
    },
    provisioning: provisioningView(agent.provisioning),
    uploads: agent.uploads === undefined ? null : { pending: pendingIn(knowledge), expiresAt: agent.uploads.expiresAt },
  };
};

const businessView = (agent: Agent) => {
  const { description = null, businessType = null, character, businessContext = null } = agent;
  return {
    description,
    businessType,
    characterConfig:
      character === undefined
        ? null
        : { ...character, products: [...character.products], specialties: [...character.specialties] },
    context: businessContext,
    replyEngine: agent.replyEngine ?? ('agentcore' as const),
    pausedNotice: pausedNoticeOf(agent),
  };
};

/** Files arrive one by one on the knowledge base's row only: the agent's row still lists all that were asked for. */
const pendingIn = (knowledge: KnowledgeBase | undefined): string[] =>
  Object.values(knowledge?.files ?? {}).flatMap(({ path, status }) => (status === 'awaiting-upload' ? [path] : []));

/** Steps in the order of the workflow, those that have begun. */
const provisioningView = ({ run, version, status, startedAtMs, endedAtMs, steps }: Agent['provisioning']) => ({
  run,
  version,
  status,
  startedAtMs: startedAtMs ?? null,
  endedAtMs: endedAtMs ?? null,
  steps: PROVISIONING_STEPS.flatMap((name) => stepView(steps[name]) ?? []),
});

/** How long a function may still be at work is the workflow's own business. */
const stepView = (line: StepProgress | undefined): Omit<StepProgress, 'busyUntilMs'> | undefined => {
  if (line === undefined) return undefined;
  const { busyUntilMs: _busyUntilMs, ...shown } = line;
  return shown;
};
