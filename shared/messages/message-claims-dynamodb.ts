import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CustomerId, CustomerKey } from '../customers/customer.ts';
import { agentKeyOf, customerRow, replyItems, sha256 } from '../customers/customer-keys.ts';
import { type CustomersEnv, transact } from '../customers/customer-tables-dynamodb.ts';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { type Counting, countingWrites } from '../statistics/count-dynamodb.ts';
import type { Claimed, MessageClaims, MessageKey, SettledReply } from './message-claims.ts';

/** Longer than any platform repeats a message: Meta tries for 7 days (its page on webhooks, 2026-11). */
const KEPT_SECONDS = 8 * 86_400;
/** Messages of one customer on other channels change its row meanwhile. */
const SETTLE_ATTEMPTS = 40;

interface ClaimRow {
  readonly token: string;
  readonly reply?: SettledReply;
  readonly customerId?: CustomerId;
  readonly sentAt?: number;
}

/** Claims in the conversations table, under a digest: ids of platforms may hold telephone numbers. */
export const dynamoMessageClaims = (
  env: CustomersEnv & Counting,
  client: DynamoDBDocumentClient = documentClient(),
): MessageClaims => {
  const TableName = env.CONVERSATIONS_TABLE;
  return {
    claim: async ({ key, token, until }, now) => {
      const command = new UpdateCommand({
        TableName,
        Key: claimRow(key),
        UpdateExpression: 'SET #token = :token, lockedUntil = :until, expiresAt = :expiresAt',
        ConditionExpression: `attribute_not_exists(sentAt) AND (${FREE})`,
        ExpressionAttributeNames: TOKEN,
        ExpressionAttributeValues: { ':token': token, ':until': until, ':now': now, ':expiresAt': now + KEPT_SECONDS },
        ReturnValues: 'ALL_NEW',
      });
      const row = await client.send(command).then(({ Attributes }) => Attributes as ClaimRow, refusedAs(undefined));
      if (row !== undefined) return { outcome: 'taken', ...(row.reply === undefined ? {} : { reply: row.reply }) };
      const read = new GetCommand({ TableName, Key: claimRow(key), ConsistentRead: true });
      return standing((await client.send(read)).Item as ClaimRow | undefined);
    },
    settle: settle(env, client),
    release: async ({ key, token }) => {
      const command = new DeleteCommand({
        TableName,
        Key: claimRow(key),
        ConditionExpression: '#token = :token AND attribute_not_exists(reply)',
        ExpressionAttributeNames: TOKEN,
        ExpressionAttributeValues: { ':token': token },
      });
      await client.send(command).catch(refusedAs(undefined));
    },
    markSent: async (key, now) => {
      const command = new UpdateCommand({
        TableName,
        Key: claimRow(key),
        UpdateExpression: 'SET sentAt = :now',
        ConditionExpression: 'attribute_exists(reply)',
        ExpressionAttributeValues: { ':now': now },
        ReturnValues: 'ALL_NEW',
      });
      const row = await client.send(command).then(({ Attributes }) => Attributes as ClaimRow, refusedAs(undefined));
      return row?.customerId;
    },
  };
};

const TOKEN = { '#token': 'token' };
const FREE = 'attribute_not_exists(lockedUntil) OR lockedUntil <= :now OR #token = :token';

/** Swallows the refusal of a condition. */
const refusedAs =
  <Value>(value: Value) =>
  (error: unknown): Value => {
    if (isConditionFailure(error)) return value;
    throw error;
  };

const claimRow = ({ userId, agentId, channel, messageId }: MessageKey) => ({
  conversationKey: `message#${sha256(JSON.stringify([userId, agentId, channel, messageId]))}`,
  turn: 0,
});

/** A claim that could not be taken; one that is gone by now was let go, and the next attempt takes it. */
const standing = (row: ClaimRow | undefined): Claimed =>
  row?.sentAt !== undefined && row.reply !== undefined ? { outcome: 'sent', reply: row.reply } : { outcome: 'busy' };

/** The reply, where whoever erases the customer finds it; not for one who has been erased. */
const settle =
  (env: CustomersEnv & Counting, client: DynamoDBDocumentClient): MessageClaims['settle'] =>
  async ({ key, token, until }, reply, customer, counted) => {
    const { conversationKey, turn } = claimRow(key);
    const Update = {
      TableName: env.CONVERSATIONS_TABLE,
      Key: { conversationKey, turn },
      UpdateExpression: `SET reply = :reply, lockedUntil = :until${customer === undefined ? '' : ', customerId = :customer'}`,
      ConditionExpression: '#token = :token',
      ExpressionAttributeNames: TOKEN,
      ExpressionAttributeValues: {
        ':token': token,
        ':reply': reply,
        ':until': until,
        ...(customer === undefined ? {} : { ':customer': customer.customerId }),
      },
    };
    const theirs = customer === undefined ? [] : ownedBy(env, customer, conversationKey, until + KEPT_SECONDS);
    const counting = countingWrites(env, counted);
    for (let attempt = 1; attempt <= SETTLE_ATTEMPTS; attempt += 1) {
      const refused = await transact(client, [{ Update }, ...theirs, ...counting]);
      if (refused === undefined) return 'kept';
      if (refused.length > 0) return refused.includes(0) ? 'lost' : 'erased';
    }
    throw new Error('The reply could not be stored: its customer kept changing.');
  };

const ownedBy = (
  { CUSTOMERS_TABLE: TableName }: CustomersEnv,
  customer: CustomerKey,
  messageKey: string,
  expiresAt: number,
) => [
  {
    ConditionCheck: {
      TableName,
      Key: customerRow(customer),
      ConditionExpression: 'attribute_exists(#item) AND attribute_not_exists(erasedAt)',
      ExpressionAttributeNames: { '#item': 'item' },
    },
  },
  {
    Put: {
      TableName,
      Item: {
        agentKey: agentKeyOf(customer),
        item: `${replyItems(customer.customerId)}${messageKey}`,
        messageKey,
        expiresAt,
      },
    },
  },
];
