import * as z from 'zod';

export { CreateAgentEnv } from '../shared/agents/create-agent.ts';
export { CheckCodeEnv } from '../shared/provisioning/check-code.ts';
export { CheckIngestionEnv } from '../shared/provisioning/check-ingestion.ts';
export { InvokeAgentCreatorEnv } from '../shared/provisioning/invoke-agent-creator.ts';
export { ProvisionKnowledgeBaseEnv } from '../shared/provisioning/provision-knowledge-base.ts';

const text = z.string().min(1);
const AGENTS_TABLE = text;
const KNOWLEDGE_BASES_TABLE = text;
const rows = { AGENTS_TABLE, KNOWLEDGE_BASES_TABLE };
const stage = { STAGE: text, RESOURCE_PREFIX: text };
const start = { PROVISION_STATE_MACHINE_ARN: text };
const knowledge = {
  KNOWLEDGE_ISOLATION: z.enum(['dedicated', 'shared']),
  SHARED_KNOWLEDGE_BASE_ID: z.string(),
  SHARED_DATA_SOURCE_ID: z.string(),
};

export const AcceptUploadEnv = z.object({ ...rows, ...start, KNOWLEDGE_BUCKET: text, ENVIRONMENT: text });
export const ListAgentsEnv = z.object({ AGENTS_TABLE, CURSOR_SECRET_ARN: text });
export const GetAgentEnv = z.object(rows);
export const UpdateAgentEnv = z.object({
  ...rows,
  ...start,
  IDEMPOTENCY_TABLE: text,
  KNOWLEDGE_BUCKET: text,
  ENVIRONMENT: text,
});
export const DeleteAgentEnv = z.object({ ...rows, RETIRE_STATE_MACHINE_ARN: text });
export const RetryAgentEnv = AcceptUploadEnv;
export const SendMessageEnv = z.object({
  AGENTS_TABLE,
  CONVERSATIONS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});
export const ListKnowledgeBasesEnv = z.object({ KNOWLEDGE_BASES_TABLE, CURSOR_SECRET_ARN: text });
export const GetKnowledgeBaseEnv = z.object({ KNOWLEDGE_BASES_TABLE });
export const DescribeServiceEnv = z.object({ STAGE: text, COMMIT: text });

export const DeployAgentCoreEnv = z.object({
  ...rows,
  ...stage,
  CODE_BUCKET: text,
  KNOWLEDGE_BUCKET: text,
  AGENT_ROLE_PATH: text,
  AGENT_BOUNDARY_ARN: text,
  AGENT_MODEL_ID: text,
  ENVIRONMENT: text,
  KNOWLEDGE_ISOLATION: text,
});
export const CheckRuntimeEnv = z.object({ AGENTS_TABLE, STAGE: text });
export const ActivateAgentEnv = z.object({ ...rows, STAGE: text });
export const RecordProgressEnv = z.object({ AGENTS_TABLE });
export const CompensateEnv = z.object({
  ...rows,
  ...stage,
  CODE_BUCKET: text,
  AGENT_ROLE_PATH: text,
  VECTOR_BUCKET_NAME: text,
  AGENT_CREATOR_RUNTIME_ARN: text,
});
export const StopProvisioningEnv = z.object({ AGENTS_TABLE, ...start, AGENT_CREATOR_RUNTIME_ARN: text });
export const RetireRuntimeEnv = z.object({ AGENTS_TABLE, ...stage, AGENT_ROLE_PATH: text });
export const RetireKnowledgeEnv = z.object({
  ...rows,
  ...knowledge,
  KNOWLEDGE_BUCKET: text,
  VECTOR_BUCKET_NAME: text,
  RESOURCE_PREFIX: text,
});
export const EraseAgentEnv = z.object({ ...rows, CODE_BUCKET: text, KNOWLEDGE_BUCKET: text });
