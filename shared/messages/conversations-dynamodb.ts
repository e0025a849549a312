import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import type { AgentKey } from '../agents/agent-store.ts';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { type Counting, countingWrites, transactPatiently } from '../statistics/count-dynamodb.ts';
import type { ConversationKey, ConversationStore } from './conversation-store.ts';
import type { Turn } from './message.ts';

/** Sorts before every turn. */
const LOCK_TURN = -1;
/** DynamoDB's limit for one batch. */
const BATCH_SIZE = 25;

interface TurnRow extends Turn {
  readonly turn: number;
}

/**
 * Conversations in DynamoDB. Beside the turns of each session, an agent has a directory of its sessions under the key
 * `{userId}#{agentId}`: teardown finds them by it, without a scan.
 */
export const dynamoConversationStore = (
  env: Counting & { readonly CONVERSATIONS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): ConversationStore => {
  const TableName = env.CONVERSATIONS_TABLE;
  return {
    lock: async ({ key, token, lockedUntil }, now) => {
      const command = new PutCommand({
        TableName,
        Item: { conversationKey: conversationKey(key), turn: LOCK_TURN, token, lockedUntil, expiresAt: lockedUntil },
        // Our own token is there when the answer to a first attempt was lost and the SDK sends it again.
        ConditionExpression: 'attribute_not_exists(conversationKey) OR lockedUntil <= :now OR #token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':now': now, ':token': token },
      });
      return client.send(command).then(
        () => true,
        (error: unknown) => (isConditionFailure(error) ? false : Promise.reject(error)),
      );
    },
    unlock: async ({ key, token }) => {
      const command = new DeleteCommand({ TableName, ...ownLock(key, token) });
      await client
        .send(command)
        .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
    },
    history: async (key, limit) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'conversationKey = :key AND turn >= :first',
          ExpressionAttributeValues: { ':key': conversationKey(key), ':first': 0 },
          ScanIndexForward: false,
          Limit: limit,
          ConsistentRead: true,
        }),
      );
      const rows = Items as TurnRow[];
      return { turns: rows.map(({ role, text }) => ({ role, text })).reverse(), next: (rows[0]?.turn ?? -1) + 1 };
    },
    append: async ({ key, token }, { next }, turns, { now, expiresAt, counted }) => {
      const items = turns.map((turn, index) => ({
        conversationKey: conversationKey(key),
        turn: next + index,
        ...turn,
        createdAt: now,
        expiresAt,
      }));
      const puts = [...items, ...(next === 0 ? [directoryEntry(key, now, expiresAt)] : [])];
      await transactPatiently(client, [
        ...puts.map((Item) => ({ Put: { TableName, Item } })),
        { Delete: { TableName, ...ownLock(key, token) } },
        ...countingWrites(env, counted),
      ]);
    },
    forget: forget(TableName, client),
  };
};

/** The partition of one session. */
export const conversationKey = ({ userId, agentId, sessionId }: ConversationKey): string =>
  `${userId}#${agentId}#${sessionId}`;

const directoryKey = ({ userId, agentId }: AgentKey): string => `${userId}#${agentId}`;

/** The row by which teardown finds a session. A session id as a sort key: the number spreads sessions that begin in the same second. */
export const directoryEntry = (key: ConversationKey, now: number, expiresAt: number) => ({
  conversationKey: directoryKey(key),
  turn: now * 1_000_000 + spread(key.sessionId),
  sessionId: key.sessionId,
  expiresAt,
});

/** FNV-1a, folded to six digits. */
const spread = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % 1_000_000;
};

const ownLock = (key: ConversationKey, token: string) => ({
  Key: { conversationKey: conversationKey(key), turn: LOCK_TURN },
  ConditionExpression: '#token = :token',
  ExpressionAttributeNames: { '#token': 'token' },
  ExpressionAttributeValues: { ':token': token },
});

const forget =
  (TableName: string, client: DynamoDBDocumentClient): ConversationStore['forget'] =>
  async (agent, limit) => {
    const directory = await keysOf(client, TableName, directoryKey(agent), limit);
    for (const { key, sessionId } of directory.rows) {
      const partition = conversationKey({ ...agent, sessionId: sessionId as ConversationKey['sessionId'] });
      for (let whole = false; !whole; ) {
        const turns = await keysOf(client, TableName, partition, BATCH_SIZE);
        await deleteAll(
          client,
          TableName,
          turns.rows.map((row) => row.key),
        );
        whole = turns.whole;
      }
      await deleteAll(client, TableName, [key]);
    }
    return directory.whole;
  };

interface FoundKey {
  readonly key: Readonly<Record<string, unknown>>;
  readonly sessionId: unknown;
}

const keysOf = async (client: DynamoDBDocumentClient, TableName: string, partition: string, limit: number) => {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'conversationKey = :key',
      ExpressionAttributeValues: { ':key': partition },
      ProjectionExpression: 'conversationKey, turn, sessionId',
      Limit: limit,
    }),
  );
  const rows = Items.map(({ sessionId, ...key }): FoundKey => ({ key, sessionId }));
  return { rows, whole: LastEvaluatedKey === undefined };
};

/** Unprocessed items are sent again until none is left; the SDK backs off when throttled. */
const deleteAll = async (
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Readonly<Record<string, unknown>>[],
): Promise<void> => {
  let requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  while (requests.length > 0) {
    const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    requests = (UnprocessedItems?.[table] ?? []) as typeof requests;
  }
};
