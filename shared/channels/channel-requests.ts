import * as z from 'zod';
import { AGENT_STATUSES } from '../agents/agent.ts';
import { RequestedChannels } from '../agents/business-requests.ts';
import { ChannelView } from './channel-view-schemas.ts';

/** Body of `PUT /agents/{agentId}/channels`: all channels the agent is to have. */
export const PutChannelsBody = z.strictObject({ channels: RequestedChannels });

export const ChannelListView = z.object({ channels: z.array(ChannelView) }).meta({ id: 'ChannelList' });

export const ChannelsAcceptedView = z
  .object({ agentId: z.uuid(), status: z.enum(AGENT_STATUSES), message: z.string(), channels: z.array(ChannelView) })
  .meta({ id: 'ChannelsAccepted' });
