import * as z from 'zod';

export { AcceptUploadEnv } from '../shared/agents/accept-upload.ts';
export { CreateAgentEnv } from '../shared/agents/create-agent.ts';
export { DeleteAgentEnv } from '../shared/agents/delete-agent.ts';
export { GetAgentEnv } from '../shared/agents/get-agent.ts';
export { ListAgentsEnv } from '../shared/agents/list-agents.ts';
export { RetryAgentEnv } from '../shared/agents/retry-agent.ts';
export { UpdateAgentEnv } from '../shared/agents/update-agent.ts';
export { ActivateAgentEnv } from '../shared/provisioning/activate-agent.ts';
export { CheckCodeEnv } from '../shared/provisioning/check-code.ts';
export { CheckIngestionEnv } from '../shared/provisioning/check-ingestion.ts';
export { CheckRuntimeEnv } from '../shared/provisioning/check-runtime.ts';
export { CompensateEnv } from '../shared/provisioning/compensate.ts';
export { DeployAgentCoreEnv } from '../shared/provisioning/deploy-agent-core.ts';
export { EraseAgentEnv } from '../shared/provisioning/erase-agent.ts';
export { InvokeAgentCreatorEnv } from '../shared/provisioning/invoke-agent-creator.ts';
export { ProvisionKnowledgeBaseEnv } from '../shared/provisioning/provision-knowledge-base.ts';
export { RecordProgressEnv } from '../shared/provisioning/record-progress.ts';
export { RetireKnowledgeEnv } from '../shared/provisioning/retire-knowledge.ts';
export { RetireRuntimeEnv } from '../shared/provisioning/retire-runtime.ts';
export { StopProvisioningEnv } from '../shared/provisioning/stop-provisioning.ts';

const text = z.string().min(1);

export const SendMessageEnv = z.object({
  AGENTS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});
export const ListKnowledgeBasesEnv = z.object({ KNOWLEDGE_BASES_TABLE: text, CURSOR_SECRET_ARN: text });
export const GetKnowledgeBaseEnv = z.object({ KNOWLEDGE_BASES_TABLE: text });
export const DescribeServiceEnv = z.object({ STAGE: text, COMMIT: text });
