import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ConversationEntry, CustomerKey } from './customer.ts';
import { entriesKey, sourceRow } from './customer-keys.ts';
import type { CustomerStore } from './customer-store.ts';
import type { CustomerTables } from './customer-tables-dynamodb.ts';

/** DynamoDB's limit for one batch of reads. */
const READS_AT_ONCE = 100;

/** Each entry and the mark of its source; neither is ever written over. */
export const entryPuts = (
  TableName: string,
  customer: CustomerKey,
  entries: readonly ConversationEntry[],
  expiresAt: number,
) =>
  entries.flatMap(({ entry: turn, ...entry }) => {
    const rows = [
      { conversationKey: entriesKey(customer), turn, ...entry, expiresAt },
      { ...sourceRow(customer, entry.sourceId), expiresAt },
    ];
    const ConditionExpression = 'attribute_not_exists(conversationKey)';
    return rows.map((Item) => ({ Put: { TableName, Item, ConditionExpression } }));
  });

/** Newest first; what is past its time is not there, however late DynamoDB deletes it. */
export const customerEntries =
  ({ env, client }: CustomerTables): CustomerStore['entries'] =>
  async (key, { before = Number.MAX_SAFE_INTEGER, limit }, now) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: env.CONVERSATIONS_TABLE,
        KeyConditionExpression: 'conversationKey = :key AND turn BETWEEN :first AND :last',
        // The lock of the conversation lies below its entries.
        ExpressionAttributeValues: { ':key': entriesKey(key), ':first': 0, ':last': before - 1 },
        ScanIndexForward: false,
        Limit: limit,
        ConsistentRead: true,
      }),
    );
    return Items.filter(({ expiresAt }) => Number(expiresAt) > now).map(entryOf);
  };

const entryOf = (row: Record<string, unknown>): ConversationEntry => {
  const { conversationKey: _key, expiresAt: _expiresAt, turn, ...entry } = row;
  return { entry: Number(turn), ...entry } as unknown as ConversationEntry;
};

/** Which sources have their mark. */
export const knownSources =
  ({ env, client }: CustomerTables): CustomerStore['known'] =>
  async (key, sourceIds) => {
    const byRow = new Map(sourceIds.map((sourceId) => [sourceRow(key, sourceId).conversationKey, sourceId]));
    const known = new Set<string>();
    let keys = [...byRow.keys()].map((conversationKey) => ({ conversationKey, turn: 0 }));
    while (keys.length > 0) {
      const Keys = keys.slice(0, READS_AT_ONCE);
      const request = { RequestItems: { [env.CONVERSATIONS_TABLE]: { Keys, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand(request));
      for (const { conversationKey } of Responses?.[env.CONVERSATIONS_TABLE] ?? []) {
        const sourceId = byRow.get(String(conversationKey));
        if (sourceId !== undefined) known.add(sourceId);
      }
      const left = (UnprocessedKeys?.[env.CONVERSATIONS_TABLE]?.Keys ?? []) as typeof keys;
      keys = [...left, ...keys.slice(READS_AT_ONCE)];
    }
    return known;
  };
