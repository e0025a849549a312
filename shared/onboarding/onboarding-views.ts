import * as z from 'zod';
import { AGENT_STATUSES, type Agent } from '../agents/agent.ts';
import { CHANNEL_STATUSES, CHANNEL_TYPES, type Channel } from '../channels/channel.ts';
import type { RunStatus } from '../provisioning/provisioning.ts';
import { type ProvisioningKey, provisioningId } from './provisioning-id.ts';

const PROVISIONING_STATUSES = ['pending', 'in_progress', 'completed', 'failed'] as const;
type ProvisioningStatus = (typeof PROVISIONING_STATUSES)[number];

const Uuid = z.uuid().meta({ example: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11' });
const Reason = z.object({ code: z.string(), message: z.string() });

export const ProvisioningAcceptedView = z
  .object({ provisioning_id: z.string(), status: z.enum(PROVISIONING_STATUSES), agent_id: Uuid })
  .meta({ id: 'ProvisioningAccepted' });

const ProvisionedChannelView = z.object({
  channel_type: z.enum(CHANNEL_TYPES),
  status: z.enum(CHANNEL_STATUSES),
  phone_number: z.string().optional().meta({ description: 'E.164.' }),
  aws_connect_instance_id: z.string().optional().meta({ description: 'ARN of the Amazon Connect instance.' }),
  elizaos_agent_id: z.string().optional(),
  webhook_url: z.string().optional(),
  error: Reason.optional().meta({ description: 'Why this channel failed; the others answer all the same.' }),
});

export const ProvisioningView = z
  .object({
    provisioning_id: z.string(),
    status: z.enum(PROVISIONING_STATUSES),
    agent_id: Uuid,
    error: Reason.optional().meta({ description: 'Why the agent could not be provisioned.' }),
    agent_config: z.object({
      id: Uuid,
      name: z.string(),
      status: z.enum(AGENT_STATUSES),
      channels: z.array(ProvisionedChannelView),
      provisioning_complete: z.boolean(),
    }),
  })
  .meta({ id: 'Provisioning' });

/** How a run of an agent stands, the documented engine's way; the agent itself is shown as it is now. */
export const provisioningView = (
  run: ProvisioningKey['run'],
  agent: Agent,
  channels: readonly Channel[],
): z.output<typeof ProvisioningView> => {
  const status = statusOf(run, agent);
  const { agentId, agentName, statusReason } = agent;
  return {
    provisioning_id: provisioningId({ agentId, run }),
    status,
    agent_id: agentId,
    ...(status === 'failed' && statusReason !== undefined ? { error: shortReason(statusReason) } : {}),
    agent_config: {
      id: agentId,
      name: agentName,
      status: agent.status,
      channels: channels.map(channelView),
      provisioning_complete: status === 'completed',
    },
  };
};

const OF_RUN: Readonly<Record<RunStatus, ProvisioningStatus>> = {
  'awaiting-uploads': 'pending',
  running: 'in_progress',
  succeeded: 'completed',
  failed: 'failed',
};

/** Of a run that another followed only this is known: whether anything has been activated since. */
const statusOf = (run: number, { provisioning, activeVersion }: Agent): ProvisioningStatus => {
  if (run < provisioning.run && activeVersion !== undefined) return 'completed';
  const isUntouched = provisioning.status === 'running' && Object.keys(provisioning.steps).length === 0;
  return isUntouched ? 'pending' : OF_RUN[provisioning.status];
};

const channelView = ({ channelType, status, statusReason, resources }: Channel) => {
  const { phoneNumber, connectInstanceArn, elizaosAgentId, webhookUrl } = resources;
  return {
    channel_type: channelType,
    status,
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber }),
    ...(connectInstanceArn === undefined ? {} : { aws_connect_instance_id: connectInstanceArn }),
    ...(elizaosAgentId === undefined ? {} : { elizaos_agent_id: elizaosAgentId }),
    ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }),
    ...(status === 'failed' && statusReason !== undefined ? { error: shortReason(statusReason) } : {}),
  };
};

const shortReason = ({ code, message }: NonNullable<Agent['statusReason']>) => ({ code, message });
