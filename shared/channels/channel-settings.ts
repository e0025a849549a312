import * as z from 'zod';
import { REPLY_ENGINES } from '../messages/reply-engine.ts';
import { CHANNEL_TYPES, type Channel, type ChannelType } from './channel.ts';

const arn = z
  .string()
  .max(512)
  .regex(/^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d{12}:\S+$/, 'must be an ARN');

/** A telephone number of Amazon Connect. */
const VoiceChannelSettings = z.strictObject({
  countryCode: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters')
    .default('US')
    .meta({ description: 'Country of the number that is claimed: ISO 3166-1 alpha-2.' }),
  phoneNumberType: z.enum(['DID', 'TOLL_FREE']).default('DID'),
  dedicatedInstance: z.boolean().default(false).meta({
    description: 'Makes an Amazon Connect instance for this agent alone; an account may have very few.',
  }),
  queueArn: arn.exactOptional().meta({ description: 'The queue of Amazon Connect where people take over.' }),
});

const SmsChannelSettings = z.strictObject({
  phoneNumberArn: arn
    .exactOptional()
    .meta({ description: 'A number of AWS End User Messaging that is registered for messages.' }),
  queueArn: arn.exactOptional(),
});

const ChatChannelSettings = z.strictObject({ queueArn: arn.exactOptional() });

/** Platforms' ids are digits today; letters, dots and dashes are let through, separators of our keys are not. */
const accountId = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, 'must be an id of the platform');

const social = {
  accountId: accountId.exactOptional().meta({
    description:
      'The account that answers, by the id its platform gives it: phone number id (WhatsApp), page id (Messenger), user id (Instagram, X). Without it the channel fails and says so.',
  }),
  autoReplyEnabled: z.boolean().default(true).meta({ description: 'Whether the agent answers by itself.' }),
  responseTemplates: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), z.string().min(1).max(1000))
    .default({})
    .refine((templates) => Object.keys(templates).length <= 50, 'must be at most 50 templates')
    .meta({ description: 'Sentences for occasions: `greeting`, `product_inquiry`, `order_status`, …' }),
  replyEngine: z.enum(REPLY_ENGINES).exactOptional().meta({ description: "The agent's unless given." }),
};

const SocialChannelSettings = z.strictObject(social);

const WhatsAppChannelSettings = z.strictObject({
  ...social,
  provider: z.enum(['cloud-api', 'aws']).default('cloud-api').meta({
    description: "Meta's Cloud API, or AWS End User Messaging Social.",
  }),
});

/** What can be asked of a channel, by its type; every one may be left out. */
export const CHANNEL_SETTINGS = {
  voice: VoiceChannelSettings,
  sms: SmsChannelSettings,
  chat: ChatChannelSettings,
  whatsapp: WhatsAppChannelSettings,
  instagram: SocialChannelSettings,
  facebook: SocialChannelSettings,
  twitter: SocialChannelSettings,
} as const satisfies Record<ChannelType, z.ZodType>;
export type ChannelSettings<Type extends ChannelType> = z.output<(typeof CHANNEL_SETTINGS)[Type]>;

/** The settings of a row, as its type reads them. Throws a `ZodError` for a row that nothing of ours has written. */
export const settingsOf = <Type extends ChannelType>(
  channel: Pick<Channel, 'settings'> & { readonly channelType: Type },
): ChannelSettings<Type> => CHANNEL_SETTINGS[channel.channelType].parse(channel.settings) as ChannelSettings<Type>;

const wanted = <const Type extends ChannelType, Settings extends z.ZodType>(channelType: Type, settings: Settings) =>
  z.strictObject({
    channelType: z.literal(channelType),
    settings: settings.prefault(() => ({}) as z.input<Settings>),
  });

/** One channel somebody asks for. */
export const WantedChannel = z.discriminatedUnion('channelType', [
  wanted('voice', VoiceChannelSettings),
  wanted('sms', SmsChannelSettings),
  wanted('chat', ChatChannelSettings),
  wanted('whatsapp', WhatsAppChannelSettings),
  wanted('instagram', SocialChannelSettings),
  wanted('facebook', SocialChannelSettings),
  wanted('twitter', SocialChannelSettings),
]);
export type WantedChannel = z.output<typeof WantedChannel>;

/** All channels an agent is to have: each type once. */
export const WantedChannels = z
  .array(WantedChannel)
  .max(CHANNEL_TYPES.length)
  .refine(
    (channels) => new Set(channels.map(({ channelType }) => channelType)).size === channels.length,
    'must name each channel once',
  );

/** A channel that is asked for by its name alone. */
export const plainChannel = (channelType: ChannelType): WantedChannel => WantedChannel.parse({ channelType });
