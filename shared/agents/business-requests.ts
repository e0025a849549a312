import * as z from 'zod';
import { CHANNEL_TYPES, type ChannelType } from '../channels/channel.ts';
import { plainChannel, WantedChannel } from '../channels/channel-settings.ts';
import type { ProblemCode } from '../kernel/problems.ts';
import { REPLY_ENGINES } from '../messages/reply-engine.ts';
import { BUSINESS_TYPES } from './agent.ts';
import { storageObstacle } from './stored-json.ts';

/** With the SOP (100,000 bytes) and a context (8 KB) a row stays well below DynamoDB's 400 KB. */
const MAX_CHARACTER_BYTES = 32_768;
const MAX_CONTEXT_BYTES = 8_192;

/** Text that can be stored and sent on: no half surrogate pairs. */
export const words = () =>
  z.string().refine((value) => value.isWellFormed(), {
    error: 'Not well-formed Unicode.',
    params: { problem: 'invalid-encoding' satisfies ProblemCode },
    abort: true,
  });

const line = (max: number) =>
  words()
    .trim()
    .min(1, 'The text is empty.')
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'A line has no control characters.' });

const storable = (maxBytes: number) => (value: unknown, context: z.core.$RefinementCtx) => {
  const message = storageObstacle(value, maxBytes);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
};

export const Description = words()
  .max(4_000)
  .meta({ description: 'What the agent is for, for people.', example: 'Answers for the Cozy Comfort bedding store' });

export const BusinessType = z
  .enum(BUSINESS_TYPES)
  .meta({ description: 'Chooses the template of an SOP that is made from the character.', example: 'retail' });

export const ReplyEngine = z
  .enum(REPLY_ENGINES)
  .meta({ description: 'Who finds the words of replies in the inboxes: the deployed agent unless stated.' });

export const PausedNotice = words().trim().min(1).max(1_000).meta({
  description: 'What customers are told while the agent is paused.',
  example: 'We are closed for stocktaking and back on Monday.',
});

/** What a character is made of, by the names of our own form. */
const CHARACTER_FIELDS = {
  businessName: line(200).meta({ example: 'Cozy Comfort Bedding' }),
  products: z
    .array(line(200))
    .max(200)
    .default([])
    .meta({ example: ['bedding_sets', 'pillows'] }),
  specialties: z
    .array(line(200))
    .max(200)
    .default([])
    .meta({ example: ['bedding', 'sleep_products'] }),
  tone: line(100).default('friendly_helpful').meta({ example: 'friendly_helpful' }),
  knowledgeBase: z
    .record(z.string().min(1).max(100), words().max(4_000))
    .default({})
    .refine((facts) => Object.keys(facts).length <= 100, 'At most 100 facts.')
    .meta({ description: 'Short facts by name.', example: { return_policy: '30-day returns' } }),
} as const;

export const CharacterConfig = z
  .strictObject(CHARACTER_FIELDS)
  .superRefine(storable(MAX_CHARACTER_BYTES))
  .meta({ description: 'Who the agent is for its customers.' });
export type CharacterConfig = z.output<typeof CharacterConfig>;

/** The documented engine's names of the same. */
export const SnakeCharacterConfig = z
  .strictObject({
    business_name: CHARACTER_FIELDS.businessName,
    products: CHARACTER_FIELDS.products,
    specialties: CHARACTER_FIELDS.specialties,
    tone: CHARACTER_FIELDS.tone,
    knowledge_base: CHARACTER_FIELDS.knowledgeBase,
  })
  .superRefine(storable(MAX_CHARACTER_BYTES));

export const BusinessContext = z
  .record(z.string(), z.unknown())
  .superRefine(storable(MAX_CONTEXT_BYTES))
  .meta({
    description: `Opening hours, contact, website and whatever else holds; at most ${MAX_CONTEXT_BYTES} bytes of JSON.`,
    example: { store_hours: '9 AM - 6 PM EST', contact_info: '+1-555-0100', website: 'cozycomfort.com' },
  });

const RequestedChannel = z.union(
  [z.enum(CHANNEL_TYPES), WantedChannel],
  'Expected a type of channel, or {channelType, settings}.',
);
type RequestedChannel = z.output<typeof RequestedChannel>;

const typeOf = (channel: RequestedChannel): ChannelType =>
  typeof channel === 'string' ? channel : channel.channelType;

/** Channels by name, or with settings; each type once. */
export const RequestedChannels = z
  .array(RequestedChannel)
  .max(CHANNEL_TYPES.length)
  .refine((channels) => new Set(channels.map(typeOf)).size === channels.length, 'Name each channel once.')
  .meta({
    description: 'Where customers reach the agent: names, or names with settings.',
    example: ['voice', 'whatsapp', { channelType: 'instagram', settings: { accountId: '17841400000000000' } }],
  });

/** Each of them with its settings. */
export const wantedChannels = (channels: readonly RequestedChannel[]): readonly WantedChannel[] =>
  channels.map((one) => (typeof one === 'string' ? plainChannel(one) : one));
