import * as z from 'zod';
import { KNOWLEDGE_BASE_STATUSES, type KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { FileView } from '../knowledge/knowledge-base-views.ts';
import { PROVISIONING_STEPS } from '../provisioning/provisioning.ts';
import { AGENT_STATUSES, AGENT_TYPES, type Agent, type AgentRuntimeRecord, type AgentType } from './agent.ts';
import type { AgentSummary } from './agent-store.ts';

const UnixSeconds = z.int().meta({ description: 'Unix seconds.', example: 1_795_000_000 });
const UnixMs = z.int().meta({ description: 'Unix milliseconds.', example: 1_795_000_000_000 });
const Uuid = z.uuid().meta({ example: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11' });

const StatusReasonView = z.object({
  code: z.string().meta({ description: 'A problem code.' }),
  message: z.string().meta({ description: 'For a person, who can act on it.' }),
  step: z.string().optional().meta({ description: 'The workflow step that failed.' }),
});

export const AgentSummaryView = z
  .object({
    agentId: Uuid,
    agentName: z.string(),
    agentType: z.enum(AGENT_TYPES),
    status: z.enum(AGENT_STATUSES),
    statusReason: StatusReasonView.nullable(),
    knowledgeBaseId: Uuid,
    version: z.int().meta({ description: 'The newest version asked for.' }),
    activeVersion: z
      .int()
      .nullable()
      .meta({ description: 'The version that answers; null until the first activation.' }),
    websocketUrl: z.string().nullable().meta({ description: 'For voice; null for text agents and before activation.' }),
    apiEndpoint: z.string().meta({ description: 'Where messages to the agent are posted.' }),
    createdAt: UnixSeconds,
    updatedAt: UnixSeconds,
  })
  .meta({ id: 'AgentSummary' });

export const AgentView = AgentSummaryView.omit({ knowledgeBaseId: true })
  .extend({
    sop: z.string(),
    knowledgeBaseDescription: z.string(),
    humanHandoffDescription: z.string(),
    folderFileDescriptions: z.record(z.string(), z.unknown()),
    generatedPromptS3Path: z.string().nullable(),
    agentCodeS3Path: z.string().nullable(),
    specificationS3Path: z.string().nullable(),
    knowledgeBase: z.object({
      knowledgeBaseId: Uuid,
      status: z.enum(KNOWLEDGE_BASE_STATUSES),
      statusReason: z.string().nullable(),
      bedrockKnowledgeBaseId: z.string().nullable(),
      files: z.array(FileView),
    }),
    provisioning: z.object({
      run: z.int(),
      version: z.int(),
      status: z.enum(['awaiting-uploads', 'running', 'succeeded', 'failed']),
      startedAtMs: UnixMs.nullable(),
      endedAtMs: UnixMs.nullable(),
      steps: z.array(
        z.object({
          step: z.string(),
          status: z.enum(['running', 'succeeded', 'failed']),
          attempt: z.int(),
          startedAtMs: UnixMs,
          endedAtMs: UnixMs.optional(),
          detail: z.string().optional(),
        }),
      ),
    }),
    uploads: z.object({ pending: z.array(z.string()), expiresAt: UnixSeconds }).nullable(),
  })
  .meta({ id: 'Agent' });
export type AgentView = z.output<typeof AgentView>;

export const AgentListView = z
  .object({ agents: z.array(AgentSummaryView), nextCursor: z.string().nullable() })
  .meta({ id: 'AgentList' });

const UploadFormView = z.object({
  path: z.string(),
  url: z.string(),
  fields: z.record(z.string(), z.string()).meta({ description: 'To be sent before the field `file`, all of them.' }),
  expiresAt: UnixSeconds,
});

export const AgentAcceptedView = z
  .object({
    agentId: Uuid,
    status: z.enum(AGENT_STATUSES),
    message: z.string(),
    uploads: z.array(UploadFormView).optional().meta({ description: 'One form for each declared file.' }),
  })
  .meta({ id: 'AgentAccepted' });

/** Where requests reach us, for the links in answers. */
export interface ReachedAt {
  readonly origin: string;
  readonly basePath: string;
}

/** `/api/v1/agents/{agentId}`, under the prefix the client used. */
export const agentPath = ({ basePath }: Pick<ReachedAt, 'basePath'>, agentId: string): string =>
  `${basePath}/agents/${agentId}`;

/** AgentCore's own WebSocket of the endpoint `live`; clients sign it with SigV4. Null where nobody can speak. */
export const websocketUrlOf = (agentType: AgentType, runtime: AgentRuntimeRecord | undefined): string | null => {
  if (agentType === 'text' || runtime === undefined) return null;
  const region = runtime.agentRuntimeArn.split(':')[3];
  const path = `/runtimes/${encodeURIComponent(runtime.agentRuntimeArn)}/ws`;
  return `wss://bedrock-agentcore.${region}.amazonaws.com${path}?qualifier=${runtime.endpointName}`;
};

/** An agent as a listing shows it. */
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

/** An agent with everything its owner may know. */
export const agentView = (agent: Agent, knowledge: KnowledgeBase | undefined, at: ReachedAt): AgentView => {
  const { knowledgeBaseId, ...summary } = summaryView(agent, at);
  return {
    ...summary,
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
  steps: PROVISIONING_STEPS.flatMap((name) => steps[name] ?? []),
});
