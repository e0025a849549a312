import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { askJson } from './http.ts';

export interface OwnersApi {
  /** With `/api/v1`. */
  readonly url: string;
  readonly token: string;
  readonly agentId: string;
}

export interface WantedChannel {
  readonly channelType: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface ChannelRow extends WantedChannel {
  readonly status: string;
  readonly statusReason: { readonly message: string } | null;
  /** E.164, of a channel that has a number. */
  readonly phoneNumber: string | null;
}

/** Entrusts the tenant's keys of a platform to the stage; gives the webhook that the platform is to call. */
export async function entrustCredentials(api: OwnersApi, platform: string, credentials: object): Promise<string> {
  const url = `${api.url}/channel-credentials/${platform}`;
  const { webhookUrl } = await askJson<{ webhookUrl: string }>(url, api.token, { method: 'PUT', json: credentials });
  return webhookUrl;
}

/** Gives the agent the channel, unless it has it, and waits until it is active. Throws with the channel's own reason. */
export async function connectChannel(
  api: OwnersApi,
  { channelType, settings }: WantedChannel,
  print: (line: string) => void,
): Promise<ChannelRow> {
  const url = `${api.url}/agents/${api.agentId}/channels`;
  const list = async () => (await askJson<{ channels: readonly ChannelRow[] }>(url, api.token)).channels;
  const before = await list();
  const known = before.find((channel) => channel.channelType === channelType);
  const isMeant =
    known !== undefined &&
    Object.entries(settings).every(([name, value]) => isDeepStrictEqual(known.settings[name], value));
  if (isMeant && known.status === 'active') return known;
  print(`giving the agent the channel ${channelType}`);
  if (isMeant && known.status === 'failed') {
    await askJson(`${url}/${channelType}/retry`, api.token, { method: 'POST' });
  } else {
    const others = before.filter((channel) => channel !== known && channel.status !== 'retiring');
    const kept = others.map((other) => ({ channelType: other.channelType, settings: other.settings }));
    await askJson(url, api.token, { method: 'PUT', json: { channels: [...kept, { channelType, settings }] } });
  }
  for (;;) {
    const channel = (await list()).find((one) => one.channelType === channelType);
    if (channel?.status === 'active') return channel;
    if (channel?.status === 'failed') throw new Error(channel.statusReason?.message ?? 'The channel failed.');
    await sleep(250);
  }
}
