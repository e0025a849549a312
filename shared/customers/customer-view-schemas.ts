import * as z from 'zod';
import { IDENTITY_KINDS } from './customer-requests.ts';

const UnixSeconds = z.int().meta({ description: 'Unix seconds.', example: 1_795_000_000 });

const ConversationChannelView = z.enum([
  'voice',
  'sms',
  'chat',
  'whatsapp',
  'instagram',
  'facebook',
  'twitter',
  'browser',
  'phone',
  'api',
]);

export const CustomerView = z
  .object({
    customerId: z.uuid(),
    agentId: z.uuid(),
    displayName: z.string().nullable(),
    identities: z.array(z.object({ kind: z.enum(IDENTITY_KINDS), value: z.string() })).meta({
      description: 'What stands for this person: verified by a network or a platform, or linked by you.',
    }),
    facts: z.record(z.string(), z.string()).meta({ description: 'What agents collected or you wrote.' }),
    summary: z.string().nullable().meta({ description: 'Of what was said long ago, once there is much.' }),
    entries: z.int().nonnegative().meta({ description: 'Things said so far, on all channels.' }),
    lastChannel: ConversationChannelView.nullable(),
    lastSeenAt: UnixSeconds,
    createdAt: UnixSeconds,
    expiresAt: UnixSeconds.meta({ description: 'When they are forgotten unless they are seen again.' }),
  })
  .meta({ id: 'Customer' });

export const CustomerListView = z
  .object({ customers: z.array(CustomerView), nextCursor: z.string().nullable() })
  .meta({ id: 'CustomerList' });

export const CustomerDetailView = CustomerView.extend({
  conversation: z
    .array(
      z.object({
        entry: z.int().nonnegative(),
        channel: ConversationChannelView,
        role: z.enum(['user', 'assistant', 'human']).meta({ description: '`human` is a person of your team.' }),
        text: z.string(),
        atMs: z.int().meta({ description: 'Unix milliseconds.' }),
      }),
    )
    .meta({ description: 'Across all channels, newest first.' }),
  nextCursor: z.string().nullable(),
}).meta({ id: 'CustomerDetail' });
