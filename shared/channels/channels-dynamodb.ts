import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { AgentKey } from '../agents/agent-store.ts';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { type AttributeChange, type Condition, updateParts } from '../kernel/update-expression.ts';
import { CHANNEL_TRANSITIONS, type Channel } from './channel.ts';
import type {
  ChannelChange,
  ChannelKey,
  ChannelStore,
  ChannelWebhook,
  ChannelWriteOptions,
  ChannelWritten,
  PlatformAccount,
} from './channel-store.ts';

/** Name of the index that finds a tenant's channels by their type. */
const CHANNELS_BY_USER = 'userId-index';

/** Channels, claims of accounts and webhooks in one table of DynamoDB. */
export const dynamoChannelStore = (
  { CHANNELS_TABLE: TableName }: { readonly CHANNELS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): ChannelStore => {
  const write = writeChannel(TableName, client);
  return {
    ...channelLists(TableName, client),
    ...accountClaims(TableName, client),
    ...webhooks(TableName, client),
    ...dynamoChannelFinder({ CHANNELS_TABLE: TableName }, client),
    insert: (channel) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName,
            Item: channelRow(channel),
            ConditionExpression: 'attribute_not_exists(agentKey)',
          }),
        ),
      ),
    transition: (key, name, change, options) => {
      const { from, to } = CHANNEL_TRANSITIONS[name];
      const changes = [{ path: ['status'], value: to }, ...attributesOf(change)];
      return write(key, changes, [{ path: ['status'], in: from }], options);
    },
    update: (key, change, options) => write(key, attributesOf(change), [EXISTS], options),
    keep: async (key, resources, now) => {
      const changes = Object.entries(resources).map(([name, value]) => ({ path: ['resources', name], value }));
      const written = await write(key, changes, [EXISTS], { now });
      return written.written ? written.channel : undefined;
    },
    remove: async (key) => {
      const command = new DeleteCommand({
        TableName,
        Key: channelRowKey(key),
        ConditionExpression: '#status = :retiring',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':retiring': 'retiring' },
      });
      await unlessRefused(client.send(command));
    },
  };
};

/** Single channels, for functions whose bundle has no room for all that a store does. */
export const dynamoChannelFinder = (
  { CHANNELS_TABLE }: { readonly CHANNELS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): Pick<ChannelStore, 'find'> => {
  const read = readRow(CHANNELS_TABLE, client);
  return { find: async (key) => channelOf(await read(channelRowKey(key))) };
};

const EXISTS: Condition = { path: ['agentKey'], exists: true };

interface RowKey {
  readonly agentKey: string;
  readonly channelType: string;
}

/** Key of a channel's row. */
export const channelRowKey = ({ userId, agentId, channelType }: ChannelKey) => ({
  agentKey: `${userId}#${agentId}`,
  channelType,
});

/** A channel as it is stored: also written together with its agent. */
export const channelRow = (channel: Channel) => ({ ...channel, ...channelRowKey(channel) });

const accountKey = ({ channelType, accountId }: PlatformAccount): RowKey => ({
  agentKey: `account#${channelType}#${accountId}`,
  channelType: 'claim',
});

const webhookKey = (webhookId: string): RowKey => ({ agentKey: `webhook#${webhookId}`, channelType: 'webhook' });

const channelOf = (row: Record<string, unknown> | undefined): Channel | undefined => {
  if (row === undefined) return undefined;
  const { agentKey: _agentKey, ...channel } = row;
  return channel as unknown as Channel;
};

const attributesOf = (change: ChannelChange): AttributeChange[] =>
  Object.entries(change).map(([name, value]) => ({ path: [name], value }));

const readRow = (TableName: string, client: DynamoDBDocumentClient) => async (Key: RowKey) =>
  (await client.send(new GetCommand({ TableName, Key: { ...Key }, ConsistentRead: true }))).Item;

const writeChannel =
  (TableName: string, client: DynamoDBDocumentClient) =>
  async (
    key: ChannelKey,
    changes: readonly AttributeChange[],
    conditions: readonly Condition[],
    { now, run }: ChannelWriteOptions,
  ): Promise<ChannelWritten> => {
    const command = new UpdateCommand({
      TableName,
      Key: channelRowKey(key),
      ...updateParts(
        [...changes, { path: ['updatedAt'], value: now }],
        [...conditions, ...(run === undefined ? [] : [{ path: ['run'], equals: run }])],
      ),
      ReturnValues: 'ALL_NEW',
    });
    try {
      const { Attributes } = await client.send(command);
      return { written: true, channel: channelOf(Attributes) as Channel };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
    return { written: false, current: channelOf(await readRow(TableName, client)(channelRowKey(key))) };
  };

const channelLists = (
  TableName: string,
  client: DynamoDBDocumentClient,
): Pick<ChannelStore, 'list' | 'listOfTenant'> => ({
  list: ({ userId, agentId }) =>
    allChannels(client, {
      TableName,
      KeyConditionExpression: 'agentKey = :agent',
      ExpressionAttributeValues: { ':agent': `${userId}#${agentId}` },
      ConsistentRead: true,
    }),
  listOfTenant: (userId, channelType) =>
    allChannels(client, {
      TableName,
      IndexName: CHANNELS_BY_USER,
      KeyConditionExpression: 'userId = :userId AND channelType = :type',
      ExpressionAttributeValues: { ':userId': userId, ':type': channelType },
    }),
});

const allChannels = async (
  client: DynamoDBDocumentClient,
  query: ConstructorParameters<typeof QueryCommand>[0],
): Promise<readonly Channel[]> => {
  const channels: Channel[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...query, ExclusiveStartKey }));
    channels.push(...(page.Items ?? []).map((row) => channelOf(row) as Channel));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return channels;
};

const accountClaims = (
  TableName: string,
  client: DynamoDBDocumentClient,
): Pick<ChannelStore, 'claimAccount' | 'releaseAccount' | 'findAccount'> => ({
  claimAccount: (account, { userId, agentId }) =>
    unlessRefused(
      client.send(
        new PutCommand({
          TableName,
          Item: { ...accountKey(account), userId, agentId },
          ConditionExpression: 'attribute_not_exists(agentKey) OR (userId = :userId AND agentId = :agentId)',
          ExpressionAttributeValues: { ':userId': userId, ':agentId': agentId },
        }),
      ),
    ),
  releaseAccount: async (account, { userId, agentId }) => {
    const command = new DeleteCommand({
      TableName,
      Key: { ...accountKey(account) },
      ConditionExpression: 'userId = :userId AND agentId = :agentId',
      ExpressionAttributeValues: { ':userId': userId, ':agentId': agentId },
    });
    await unlessRefused(client.send(command));
  },
  findAccount: async (account) => {
    const row = (await readRow(TableName, client)(accountKey(account))) as AgentKey | undefined;
    return row && { userId: row.userId, agentId: row.agentId };
  },
});

const webhooks = (
  TableName: string,
  client: DynamoDBDocumentClient,
): Pick<ChannelStore, 'putWebhook' | 'findWebhook' | 'removeWebhook'> => ({
  putWebhook: (webhook) =>
    unlessRefused(
      client.send(
        new PutCommand({
          TableName,
          Item: { ...webhook, ...webhookKey(webhook.webhookId) },
          ConditionExpression: 'attribute_not_exists(agentKey)',
        }),
      ),
    ),
  findWebhook: async (webhookId) => {
    const row = (await readRow(TableName, client)(webhookKey(webhookId))) as (ChannelWebhook & RowKey) | undefined;
    if (row === undefined) return undefined;
    const { agentKey: _agentKey, channelType: _channelType, ...webhook } = row;
    return webhook;
  },
  removeWebhook: async ({ webhookId, userId }) => {
    const command = new DeleteCommand({
      TableName,
      Key: { ...webhookKey(webhookId) },
      ConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
    });
    await unlessRefused(client.send(command));
  },
});

const unlessRefused = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
};
