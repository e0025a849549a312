import type { AgentStatus, AgentType, ChannelType } from './agent-types.ts';

export const STATUS_WORDS: Readonly<Record<AgentStatus, string>> = {
  creating: 'Creating',
  active: 'Active',
  paused: 'Paused',
  stopped: 'Stopped',
  updating: 'Updating',
  failed: 'Failed',
  deleting: 'Deleting',
};

export const TYPE_WORDS: Readonly<Record<AgentType, string>> = {
  voice: 'Voice',
  text: 'Text',
  both: 'Voice and text',
};

export const CHANNEL_WORDS: Readonly<Record<ChannelType, string>> = {
  voice: 'Telephone (Amazon Connect)',
  sms: 'SMS',
  chat: 'Web chat',
  whatsapp: 'WhatsApp',
  instagram: 'Instagram',
  facebook: 'Messenger',
  twitter: 'X',
};

/** For cards and cells, where there is little room. */
export const SHORT_CHANNEL_WORDS: Readonly<Record<ChannelType, string>> = { ...CHANNEL_WORDS, voice: 'Telephone' };

/** `48_211` → `47.1 KB` */
export function asBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KB'] : [bytes / 1024 ** 2, 'MB'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** Unix seconds as the reader's own clock shows them. */
export const asDay = (unixSeconds: number): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(unixSeconds * 1000);

/** `DeployAgentCore` → `Deploy agent core` */
export const asStep = (state: string): string => {
  const words = state.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** `950` → `950 ms`, `75_000` → `1 min 15 s` */
export function asDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
