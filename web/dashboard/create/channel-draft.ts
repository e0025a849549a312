import type { BodyOf } from '../../../client/index.ts';
import type { Channel, ChannelType } from '../agents/agent-types.ts';

/** A channel with its settings as texts, as a form holds them; an empty text is left out. */
export interface ChannelDraft {
  readonly channelType: ChannelType;
  readonly settings: Readonly<Record<string, string | boolean>>;
}

export type WantedChannels = BodyOf<'putChannels'>['channels'];

export interface SettingField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'text' | 'switch' | 'choice';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly preset: string | boolean;
  readonly pattern?: { readonly is: RegExp; readonly says: string };
}

const ARN = { is: /^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d{12}:\S+$/, says: 'This is not an ARN.' };
const ACCOUNT = { is: /^[A-Za-z0-9._-]{1,128}$/, says: 'Letters, digits, dots and dashes only.' };

const queue: SettingField = {
  name: 'queueArn',
  label: 'Queue for hand-over',
  hint: 'ARN of the queue of Amazon Connect where people take over; that of the stage unless stated.',
  kind: 'text',
  preset: '',
  pattern: ARN,
};

const account = (whose: string): SettingField => ({
  name: 'accountId',
  label: 'Account',
  hint: `The ${whose} that answers. Its credentials are given on the page “Settings”.`,
  kind: 'text',
  preset: '',
  pattern: ACCOUNT,
});

const autoReply: SettingField = {
  name: 'autoReplyEnabled',
  label: 'The agent answers by itself',
  kind: 'switch',
  preset: true,
};

/** What can be said of each channel; mirrors `shared/channels/channel-settings.ts`. */
export const SETTING_FIELDS: Readonly<Record<ChannelType, readonly SettingField[]>> = {
  voice: [
    {
      name: 'countryCode',
      label: 'Country of the number',
      hint: 'Two capital letters, such as US or DE.',
      kind: 'text',
      preset: 'US',
      pattern: { is: /^[A-Z]{2}$/, says: 'Two capital letters, such as US.' },
    },
    {
      name: 'phoneNumberType',
      label: 'Kind of number',
      kind: 'choice',
      preset: 'DID',
      choices: [
        { value: 'DID', label: 'Local' },
        { value: 'TOLL_FREE', label: 'Toll-free' },
      ],
    },
    {
      name: 'dedicatedInstance',
      label: 'An Amazon Connect instance of its own',
      hint: 'An account may have very few of them.',
      kind: 'switch',
      preset: false,
    },
    queue,
  ],
  sms: [
    {
      name: 'phoneNumberArn',
      label: 'Number for messages',
      hint: 'ARN of a number of AWS End User Messaging that is registered for messages.',
      kind: 'text',
      preset: '',
      pattern: ARN,
    },
    queue,
  ],
  chat: [queue],
  whatsapp: [
    {
      name: 'provider',
      label: 'By way of',
      kind: 'choice',
      preset: 'cloud-api',
      choices: [
        { value: 'cloud-api', label: 'Meta’s Cloud API' },
        { value: 'aws', label: 'AWS End User Messaging Social' },
      ],
    },
    account('phone number id'),
    autoReply,
  ],
  instagram: [account('user id'), autoReply],
  facebook: [account('page id'), autoReply],
  twitter: [account('user id'), autoReply],
};

/** A channel with what holds unless something else is said. */
export const newChannel = (channelType: ChannelType): ChannelDraft => ({
  channelType,
  settings: Object.fromEntries(SETTING_FIELDS[channelType].map(({ name, preset }) => [name, preset])),
});

/** A channel that exists, to be changed. Settings that no field shows are kept by `toWanted`. */
export const draftOf = ({ channelType, settings }: Pick<Channel, 'channelType' | 'settings'>): ChannelDraft => {
  const fields = newChannel(channelType).settings;
  const known = Object.entries(settings).filter(([, value]) => typeof value === 'string' || typeof value === 'boolean');
  return { channelType, settings: { ...fields, ...(Object.fromEntries(known) as ChannelDraft['settings']) } };
};

/** What is wrong with the settings, by name of the field. */
export function channelFaults({ channelType, settings }: ChannelDraft): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SETTING_FIELDS[channelType].flatMap(({ name, pattern }): [string, string][] => {
      const value = settings[name];
      if (pattern === undefined || typeof value !== 'string' || value.trim() === '') return [];
      return pattern.is.test(value.trim()) ? [] : [[name, pattern.says]];
    }),
  );
}

/** As the API takes them. `kept` are settings that no form shows: what was there of them stays. */
export function toWanted(
  drafts: readonly ChannelDraft[],
  kept: Readonly<Partial<Record<ChannelType, Readonly<Record<string, unknown>>>>> = {},
): WantedChannels {
  return drafts.map(({ channelType, settings }) => {
    const said = Object.entries(settings).flatMap(([name, value]) => {
      const written = typeof value === 'string' ? value.trim() : value;
      return written === '' ? [] : [[name, written]];
    });
    const shown = new Set(SETTING_FIELDS[channelType].map(({ name }) => name));
    const hidden = Object.entries(kept[channelType] ?? {}).filter(([name]) => !shown.has(name));
    // Each field is one of the schema of this type; the API checks it again.
    return { channelType, settings: Object.fromEntries([...hidden, ...said]) } as WantedChannels[number];
  });
}
