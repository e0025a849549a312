import * as z from 'zod';
import { CHANNEL_STATUSES, CHANNEL_TYPES } from './channel.ts';

/** A channel as its owner sees it. */
export const ChannelView = z
  .object({
    channelType: z.enum(CHANNEL_TYPES),
    status: z.enum(CHANNEL_STATUSES),
    statusReason: z
      .object({ code: z.string(), message: z.string(), step: z.string().optional() })
      .nullable()
      .meta({ description: 'Why it failed.' }),
    detail: z.string().nullable().meta({ description: 'What is being waited for.' }),
    settings: z.record(z.string(), z.unknown()),
    phoneNumber: z.string().nullable().meta({ description: 'E.164.' }),
    connectInstanceArn: z.string().nullable(),
    accountId: z.string().nullable().meta({ description: 'The account of the platform that it answers.' }),
    elizaosAgentId: z.string().nullable(),
    webhookUrl: z.string().nullable().meta({ description: 'What the platform is told to call.' }),
    createdAt: z.int().meta({ description: 'Unix seconds.' }),
    updatedAt: z.int().meta({ description: 'Unix seconds.' }),
  })
  .meta({ id: 'Channel' });
