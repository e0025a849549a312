import { CHANNEL_TRANSITIONS, type Channel, type ChannelType } from '../../../shared/channels/channel.ts';
import type {
  ChannelChange,
  ChannelKey,
  ChannelStore,
  ChannelWebhook,
  ChannelWriteOptions,
  ChannelWritten,
  PlatformAccount,
} from '../../../shared/channels/channel-store.ts';

const keyOf = ({ userId, agentId, channelType }: ChannelKey) => `${userId}#${agentId}#${channelType}`;
const accountOf = ({ channelType, accountId }: PlatformAccount) => `${channelType}#${accountId}`;
const copy = <T>(row: T): T => structuredClone(row);

/** The channels table in memory, with the conditions of the real one. */
export const memoryChannels = () => {
  const rows = new Map<string, Channel>();
  const claims = new Map<string, Pick<Channel, 'userId' | 'agentId'>>();
  const hooks = new Map<string, ChannelWebhook>();

  const write = (
    key: ChannelKey,
    from: readonly string[] | undefined,
    change: ChannelChange & { readonly status?: Channel['status'] },
    { now, run }: ChannelWriteOptions,
  ): ChannelWritten => {
    const current = rows.get(keyOf(key));
    const refused = current === undefined || (from && !from.includes(current.status));
    if (refused || (run !== undefined && run !== current.run)) return { written: false, current: copy(current) };
    const next: Record<string, unknown> = { ...current, updatedAt: now };
    for (const [name, value] of Object.entries(change)) {
      if (value === null) delete next[name];
      else if (value !== undefined) next[name] = value;
    }
    rows.set(keyOf(key), next as unknown as Channel);
    return { written: true, channel: copy(next) as unknown as Channel };
  };

  const isOwner = (account: PlatformAccount, { userId, agentId }: Pick<Channel, 'userId' | 'agentId'>) => {
    const claim = claims.get(accountOf(account));
    return claim?.userId === userId && claim.agentId === agentId;
  };

  const store: ChannelStore = {
    list: async ({ userId, agentId }) =>
      copy([...rows.values()].filter((row) => row.userId === userId && row.agentId === agentId)).sort((a, b) =>
        a.channelType < b.channelType ? -1 : 1,
      ),
    listOfTenant: async (userId, type) =>
      copy([...rows.values()].filter((row) => row.userId === userId && row.channelType === type)),
    find: async (key) => copy(rows.get(keyOf(key))),
    insert: async (channel) => {
      if (rows.has(keyOf(channel))) return false;
      rows.set(keyOf(channel), copy(channel));
      return true;
    },
    transition: async (key, name, change, options) => {
      const { from, to } = CHANNEL_TRANSITIONS[name];
      return write(key, from, { ...change, status: to }, options);
    },
    update: async (key, change, options) => write(key, undefined, change, options),
    keep: async (key, resources, now) => {
      const current = rows.get(keyOf(key));
      const written = write(key, undefined, { resources: { ...current?.resources, ...resources } }, { now });
      return written.written ? written.channel : undefined;
    },
    remove: async (key) => {
      if (rows.get(keyOf(key))?.status === 'retiring') rows.delete(keyOf(key));
    },
    claimAccount: async (account, { userId, agentId }) => {
      if (claims.has(accountOf(account)) && !isOwner(account, { userId, agentId })) return false;
      claims.set(accountOf(account), { userId, agentId });
      return true;
    },
    releaseAccount: async (account, agent) => {
      if (isOwner(account, agent)) claims.delete(accountOf(account));
    },
    findAccount: async (account) => claims.get(accountOf(account)),
    putWebhook: async (webhook) => {
      if (hooks.has(webhook.webhookId)) return false;
      hooks.set(webhook.webhookId, webhook);
      return true;
    },
    findWebhook: async (webhookId) => hooks.get(webhookId),
    removeWebhook: async ({ webhookId, userId }) => {
      if (hooks.get(webhookId)?.userId === userId) hooks.delete(webhookId);
    },
  };
  return { rows, claims, hooks, store };
};

/** A row as a test wants it. */
export const channelRow = (
  key: Pick<Channel, 'userId' | 'agentId'>,
  channelType: ChannelType,
  change: Partial<Channel> = {},
): Channel => ({
  ...key,
  channelType,
  status: 'provisioning',
  settings: {},
  resources: {},
  run: 1,
  attempt: 1,
  createdAt: 1_800_000_000,
  updatedAt: 1_800_000_000,
  ...change,
});
