import * as z from 'zod';
import { AgentName, Sop } from '../agents/agent-requests.ts';
import {
  BusinessContext,
  BusinessType,
  Description,
  PausedNotice,
  ReplyEngine,
  SnakeCharacterConfig,
} from '../agents/business-requests.ts';
import { CHANNEL_TYPES } from '../channels/channel.ts';
import { WantedChannel } from '../channels/channel-settings.ts';

/** `business_account_id` is the engine's word for the account of a platform. */
const SETTINGS_OF_THE_ENGINE: Readonly<Record<string, string>> = { business_account_id: 'accountId' };

const camelCase = (name: string): string =>
  SETTINGS_OF_THE_ENGINE[name] ?? name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

const inOurForm = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [camelCase(name), value]));

const ChannelWithSettings = z
  .strictObject({
    channel_type: z.enum(CHANNEL_TYPES),
    settings: z
      .record(z.string().regex(/^[a-z][a-z_]{0,63}$/, 'Settings are named in snake_case.'), z.unknown())
      .default({})
      .meta({
        description: 'As in `PUT /agents/{agentId}/channels`, in snake_case.',
        example: { business_account_id: '17841400000000000', auto_reply_enabled: true },
      }),
  })
  .superRefine(({ channel_type, settings }, context) => {
    const parsed = WantedChannel.safeParse({ channelType: channel_type, settings: inOurForm(settings) });
    for (const { path, message } of parsed.error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: path.map(snakeCase), message });
    }
  });

const snakeCase = (name: PropertyKey): PropertyKey =>
  typeof name === 'string' ? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;

const ProvisionedChannel = z.union(
  [z.enum(CHANNEL_TYPES), ChannelWithSettings],
  'Expected a type of channel, or {channel_type, settings}.',
);
type ProvisionedChannel = z.output<typeof ProvisionedChannel>;

const typeOf = (channel: ProvisionedChannel) => (typeof channel === 'string' ? channel : channel.channel_type);

/** The same channel in our own form. */
export const channelInOurForm = (channel: ProvisionedChannel): WantedChannel =>
  WantedChannel.parse(
    typeof channel === 'string'
      ? { channelType: channel }
      : { channelType: channel.channel_type, settings: inOurForm(channel.settings) },
  );

/** Body of `POST /agents/provision`, as the multi-channel engine documents it. */
export const ProvisionAgentBody = z
  .strictObject({
    vendor_id: z.string().min(1).max(128).meta({ description: 'The tenant: the `sub` of the token.' }),
    agent_config: z
      .strictObject({
        name: AgentName,
        description: Description.optional(),
        business_type: BusinessType,
        channels: z
          .array(ProvisionedChannel)
          .max(CHANNEL_TYPES.length)
          .refine((channels) => new Set(channels.map(typeOf)).size === channels.length, 'Name each channel once.')
          .default([])
          .meta({ example: ['instagram', 'whatsapp', 'facebook', 'twitter', 'voice'] }),
        character_config: SnakeCharacterConfig.optional(),
        context: BusinessContext.optional(),
        sop: Sop.optional().meta({ description: 'Made of the character unless given.' }),
        reply_engine: ReplyEngine.optional(),
        paused_notice: PausedNotice.optional(),
      })
      .refine(({ sop, character_config }) => sop !== undefined || character_config !== undefined, {
        path: ['character_config'],
        error: 'Send a character_config, or an SOP.',
      }),
  })
  .meta({ id: 'ProvisionAgent' });
export type ProvisionAgentBody = z.output<typeof ProvisionAgentBody>;
