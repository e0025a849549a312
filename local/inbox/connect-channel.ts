import { setTimeout as sleep } from 'node:timers/promises';
import { askJson } from './http.ts';

export interface OwnersApi {
  /** With `/api/v1`. */
  readonly url: string;
  readonly token: string;
  readonly agentId: string;
}

interface ChannelRow {
  readonly channelType: string;
  readonly status: string;
  readonly statusReason: { readonly message: string } | null;
  readonly settings: Readonly<Record<string, unknown>>;
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
  channelType: string,
  accountId: string,
  print: (line: string) => void,
): Promise<void> {
  const url = `${api.url}/agents/${api.agentId}/channels`;
  const list = async () => (await askJson<{ channels: readonly ChannelRow[] }>(url, api.token)).channels;
  const before = await list();
  const known = before.find((channel) => channel.channelType === channelType);
  if (known?.status === 'active' && known.settings.accountId === accountId) return;
  print(`giving the agent the channel ${channelType}`);
  const others = before.filter((channel) => channel !== known && channel.status !== 'retiring');
  const channels = [
    ...others.map(({ channelType: type, settings }) => ({ channelType: type, settings })),
    { channelType, settings: { accountId } },
  ];
  await askJson(url, api.token, { method: 'PUT', json: { channels } });
  for (;;) {
    const channel = (await list()).find((one) => one.channelType === channelType);
    if (channel?.status === 'active') break;
    if (channel?.status === 'failed') throw new Error(channel.statusReason?.message ?? 'The channel failed.');
    await sleep(250);
  }
}
