import type * as z from 'zod';
import type { Channel } from './channel.ts';
import type { ChannelView } from './channel-view-schemas.ts';

/** A channel with everything its owner may know. */
export const channelView = (channel: Channel): z.output<typeof ChannelView> => {
  const { channelType, status, statusReason, detail, settings, resources, createdAt, updatedAt } = channel;
  const { phoneNumber, connectInstanceArn, accountId, elizaosAgentId, webhookUrl } = resources;
  return {
    channelType,
    status,
    statusReason: statusReason ?? null,
    detail: detail ?? null,
    settings: { ...settings },
    phoneNumber: phoneNumber ?? null,
    connectInstanceArn: connectInstanceArn ?? null,
    accountId: accountId ?? null,
    elizaosAgentId: elizaosAgentId ?? null,
    webhookUrl: webhookUrl ?? null,
    createdAt,
    updatedAt,
  };
};
