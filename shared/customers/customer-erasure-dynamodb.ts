import { BatchWriteCommand, DeleteCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { CustomerId, CustomerKey, Identity } from './customer.ts';
import {
  agentKeyOf,
  CUSTOMER_ITEMS,
  customerRow,
  entriesKey,
  identityRow,
  replyItems,
  sourceRow,
} from './customer-keys.ts';
import type { CustomerStore } from './customer-store.ts';
import { type CustomerTables, transact } from './customer-tables-dynamodb.ts';

/** DynamoDB's limit for one batch of writes. */
const BATCH_SIZE = 25;
/** An entry goes with its mark: two of a batch. */
const ENTRIES_AT_ONCE = 12;

type Row = Readonly<Record<string, unknown>>;

/** Whoever speaks just now changes the row; each attempt that fails means that somebody else's went through. */
const CLOSE_ATTEMPTS = 20;

/**
 * The row is closed first, so that whoever speaks just now can add nothing more, and its identities are free with it; it
 * goes last, so that an erasure that broke off is found by its repetition.
 */
export const eraseCustomer =
  (tables: CustomerTables): CustomerStore['erase'] =>
  async (key) => {
    if (!(await close(tables, key))) return;
    await eraseEntries(tables, key);
    await eraseReplies(tables, key);
    await tables.client.send(new DeleteCommand({ TableName: tables.env.CUSTOMERS_TABLE, Key: customerRow(key) }));
  };

/** Takes the person out of the row. False when there is none. Throws when it keeps changing. */
const close = async ({ env, client }: CustomerTables, key: CustomerKey): Promise<boolean> => {
  const at = { TableName: env.CUSTOMERS_TABLE, Key: customerRow(key) };
  for (let attempt = 0; attempt < CLOSE_ATTEMPTS; attempt += 1) {
    const { Item: row } = await client.send(new GetCommand({ ...at, ConsistentRead: true }));
    if (row === undefined) return false;
    if (row.erasedAt !== undefined) return true;
    const identities = (row.identities ?? []) as readonly Identity[];
    const Update = {
      ...at,
      UpdateExpression: 'SET erasedAt = :true REMOVE displayName, facts, summary, identities',
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: { ':true': true, ':revision': row.revision },
    };
    const freed = identities.map((identity) => ({ Delete: identityDelete(env.CUSTOMERS_TABLE, key, identity) }));
    if ((await transact(client, [{ Update }, ...freed])) === undefined) return true;
  }
  throw new Error(`Customer ${key.customerId} changed too often to be erased.`);
};

const identityDelete = (TableName: string, key: CustomerKey, identity: Identity) => ({
  TableName,
  Key: identityRow(key, identity),
  ConditionExpression: 'attribute_not_exists(#item) OR customerId = :customerId',
  ExpressionAttributeNames: { '#item': 'item' },
  ExpressionAttributeValues: { ':customerId': key.customerId },
});

/** The marks before their entries: these lead to them. */
const eraseEntries = async (tables: CustomerTables, key: CustomerKey): Promise<void> => {
  const { env, client } = tables;
  for (let whole = false; !whole; ) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: env.CONVERSATIONS_TABLE,
        KeyConditionExpression: 'conversationKey = :key',
        ExpressionAttributeValues: { ':key': entriesKey(key) },
        ProjectionExpression: 'conversationKey, turn, sourceId',
        Limit: ENTRIES_AT_ONCE,
        ConsistentRead: true,
      }),
    );
    const marks = Items.flatMap(({ sourceId }) => (sourceId === undefined ? [] : [sourceRow(key, String(sourceId))]));
    await deleteRows(tables, env.CONVERSATIONS_TABLE, marks);
    await deleteRows(
      tables,
      env.CONVERSATIONS_TABLE,
      Items.map(({ conversationKey, turn }) => ({ conversationKey, turn })),
    );
    whole = LastEvaluatedKey === undefined;
  }
};

/** Replies that wait to be sent, or were. */
const eraseReplies = async (tables: CustomerTables, key: CustomerKey): Promise<void> => {
  const { env, client } = tables;
  for (let whole = false; !whole; ) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: env.CUSTOMERS_TABLE,
        KeyConditionExpression: 'agentKey = :agentKey AND begins_with(#item, :replies)',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':agentKey': agentKeyOf(key), ':replies': replyItems(key.customerId) },
        Limit: BATCH_SIZE,
        ConsistentRead: true,
      }),
    );
    const claims = Items.map(({ messageKey }) => ({ conversationKey: messageKey, turn: 0 }));
    await deleteRows(tables, env.CONVERSATIONS_TABLE, claims);
    await deleteRows(
      tables,
      env.CUSTOMERS_TABLE,
      Items.map(({ agentKey, item }) => ({ agentKey, item })),
    );
    whole = LastEvaluatedKey === undefined;
  }
};

/** All customers of an agent, then whatever else lies under its key. */
export const forgetCustomers = (tables: CustomerTables): CustomerStore['forget'] => {
  const erase = eraseCustomer(tables);
  return async (agent, limit) => {
    const { Items = [], LastEvaluatedKey } = await tables.client.send(
      new QueryCommand({
        TableName: tables.env.CUSTOMERS_TABLE,
        KeyConditionExpression: 'agentKey = :agentKey',
        ExpressionAttributeValues: { ':agentKey': agentKeyOf(agent) },
        ProjectionExpression: 'agentKey, #item, messageKey',
        ExpressionAttributeNames: { '#item': 'item' },
        Limit: limit,
        ConsistentRead: true,
      }),
    );
    const items = Items.map(({ item }) => String(item));
    for (const item of items.filter((name) => name.startsWith(CUSTOMER_ITEMS))) {
      await erase({ ...agent, customerId: item.slice(CUSTOMER_ITEMS.length) as CustomerId });
    }
    const { env } = tables;
    const claims = Items.filter(({ messageKey }) => messageKey !== undefined);
    await deleteRows(
      tables,
      env.CONVERSATIONS_TABLE,
      claims.map(({ messageKey }) => ({ conversationKey: messageKey, turn: 0 })),
    );
    await deleteRows(
      tables,
      env.CUSTOMERS_TABLE,
      Items.map(({ agentKey, item }) => ({ agentKey, item })),
    );
    return LastEvaluatedKey === undefined;
  };
};

/** Unprocessed items are sent again until none is left; the SDK backs off when throttled. */
const deleteRows = async ({ client }: CustomerTables, table: string, keys: readonly Row[]): Promise<void> => {
  for (let first = 0; first < keys.length; first += BATCH_SIZE) {
    let requests = keys.slice(first, first + BATCH_SIZE).map((Key) => ({ DeleteRequest: { Key } }));
    while (requests.length > 0) {
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      requests = (UnprocessedItems?.[table] ?? []) as typeof requests;
    }
  }
};
