import * as z from 'zod';
import { ChannelView } from '../channels/channel-view-schemas.ts';
import { KNOWLEDGE_BASE_STATUSES } from '../knowledge/knowledge-base.ts';
import { FileView } from '../knowledge/knowledge-base-view-schemas.ts';
import { REPLY_ENGINES } from '../messages/reply-engine.ts';
import { AGENT_STATUSES, AGENT_TYPES, BUSINESS_TYPES, RESTING_STATUSES } from './agent.ts';

const UnixSeconds = z.int().meta({ description: 'Unix seconds.', example: 1_795_000_000 });
const UnixMs = z.int().meta({ description: 'Unix milliseconds.', example: 1_795_000_000_000 });
/** Versions, runs and attempts count from one. */
const Count = z.int().min(1);
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
    version: Count.meta({ description: 'The newest version asked for.' }),
    activeVersion: Count.nullable().meta({ description: 'The version that answers; null until the first activation.' }),
    websocketUrl: z.string().nullable().meta({ description: 'For voice; null for text agents and before activation.' }),
    apiEndpoint: z.string().meta({ description: 'Where messages to the agent are posted.' }),
    createdAt: UnixSeconds,
    updatedAt: UnixSeconds,
  })
  .meta({ id: 'AgentSummary' });

export const ListedAgentView = AgentSummaryView.extend({
  channels: z
    .array(ChannelView.pick({ channelType: true, status: true }))
    .meta({ description: 'Where customers reach it, and how each stands; a change shows within a second.' }),
  phoneNumbers: z
    .array(z.string())
    .meta({ description: 'E.164: numbers it answers, those of its channels included.', example: ['+15551234567'] }),
}).meta({ id: 'ListedAgent' });

export const AgentView = AgentSummaryView.omit({ knowledgeBaseId: true })
  .extend({
    restsIn: z
      .enum(RESTING_STATUSES)
      .nullable()
      .meta({ description: 'While it is `updating`: the status it returns to, and behaves like until then.' }),
    description: z.string().nullable(),
    businessType: z.enum(BUSINESS_TYPES).nullable(),
    characterConfig: z
      .object({
        businessName: z.string(),
        products: z.array(z.string()),
        specialties: z.array(z.string()),
        tone: z.string(),
        knowledgeBase: z.record(z.string(), z.string()),
      })
      .nullable(),
    context: z.record(z.string(), z.unknown()).nullable(),
    replyEngine: z.enum(REPLY_ENGINES),
    pausedNotice: z.string().meta({ description: 'What customers are told while it is paused.' }),
    channels: z.array(ChannelView),
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
      run: Count,
      version: Count,
      status: z.enum(['awaiting-uploads', 'running', 'succeeded', 'failed']),
      startedAtMs: UnixMs.nullable(),
      endedAtMs: UnixMs.nullable(),
      steps: z.array(
        z.object({
          step: z.string(),
          status: z.enum(['running', 'succeeded', 'failed']),
          attempt: Count,
          startedAtMs: UnixMs,
          endedAtMs: UnixMs.optional(),
          detail: z.string().optional(),
          code: z.string().optional(),
        }),
      ),
    }),
    uploads: z.object({ pending: z.array(z.string()), expiresAt: UnixSeconds }).nullable(),
  })
  .meta({ id: 'Agent' });

export const AgentListView = z
  .object({ agents: z.array(ListedAgentView), nextCursor: z.string().nullable() })
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
