import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../kernel/document-dynamodb.ts';
import { updateParts } from '../kernel/update-expression.ts';
import type { Customer, CustomerId, CustomerKey, Identity } from './customer.ts';
import { customerEntries, entryPuts, knownSources } from './customer-entries-dynamodb.ts';
import { eraseCustomer, forgetCustomers } from './customer-erasure-dynamodb.ts';
import { agentKeyOf, CUSTOMER_ITEMS, customerItem, customerRow, identityRow } from './customer-keys.ts';
import type { CustomerStore, CustomerWritten } from './customer-store.ts';
import { type CustomersEnv, type CustomerTables, transact } from './customer-tables-dynamodb.ts';

/** An identity outlives its customer's row, so that the row never has one that is somebody else's already. */
const IDENTITY_SLACK_SECONDS = 7 * 86_400;

/** Customers and their conversations in DynamoDB. */
export const dynamoCustomerStore = (
  env: CustomersEnv,
  client: DynamoDBDocumentClient = documentClient(),
): CustomerStore => {
  const TableName = env.CUSTOMERS_TABLE;
  const tables = { env, client };
  const find: CustomerStore['find'] = async (key, now) => {
    const command = new GetCommand({ TableName, Key: customerRow(key), ConsistentRead: true });
    return customerOf((await client.send(command)).Item, now);
  };
  const locateKey: CustomerStore['locateKey'] = async ({ userId, customerId }) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'customer-index',
        KeyConditionExpression: 'userId = :userId AND customerId = :customerId',
        ExpressionAttributeValues: { ':userId': userId, ':customerId': customerId },
        Limit: 1,
      }),
    );
    const [row] = Items;
    return row && { userId, customerId, agentId: agentIdOf(row, userId) };
  };
  return {
    find,
    locate: async (customer, now) => {
      const key = await locateKey(customer);
      return key && find(key, now);
    },
    locateKey,
    findByIdentity: async (agent, identity, now) => {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: identityRow(agent, identity), ConsistentRead: true }),
      );
      return Item && find({ ...agent, customerId: Item.customerId as CustomerId }, now);
    },
    create: async (customer, now) => {
      const puts = customer.identities.map((identity) => ({
        Put: identityPut(TableName, customer, identity, now, customer.expiresAt),
      }));
      const Item = { ...customerRow(customer), ...customer };
      const profile = { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(#item)', ...ITEM_NAME } };
      return (await transact(client, [profile, ...puts])) === undefined;
    },
    write: writeCustomer(tables),
    known: knownSources(tables),
    entries: customerEntries(tables),
    list: listCustomers(tables),
    erase: eraseCustomer(tables),
    forget: forgetCustomers(tables),
  };
};

/** `item` is a reserved word of no expression, but short names collide with the next one: always by placeholder. */
const ITEM_NAME = { ExpressionAttributeNames: { '#item': 'item' } };

const agentIdOf = (row: Record<string, unknown>, userId: string): CustomerKey['agentId'] =>
  String(row.agentKey).slice(userId.length + 1) as CustomerKey['agentId'];

/** A row as its customer; undefined for one past its time, or that is being erased. */
const customerOf = (row: Record<string, unknown> | undefined, now: number): Customer | undefined => {
  if (row === undefined || row.erasedAt !== undefined || Number(row.expiresAt) <= now) return undefined;
  const { agentKey: _key, item: _item, ...customer } = row;
  return customer as unknown as Customer;
};

/** Taken when nobody has it, its time is over, its customer is gone, or it is the customer's own. */
const identityPut = (TableName: string, customer: CustomerKey, identity: Identity, now: number, expiresAt: number) => ({
  TableName,
  Item: {
    ...identityRow(customer, identity),
    customerId: customer.customerId,
    expiresAt: expiresAt + IDENTITY_SLACK_SECONDS,
  },
  ConditionExpression: 'attribute_not_exists(#item) OR expiresAt <= :now OR customerId = :customerId',
  ...ITEM_NAME,
  ExpressionAttributeValues: { ':now': now + IDENTITY_SLACK_SECONDS, ':customerId': customer.customerId },
});

const writeCustomer =
  ({ env, client }: CustomerTables): CustomerStore['write'] =>
  async (customer, change, { entries = [], entriesExpireAt = customer.expiresAt, identity }, now) => {
    const { CUSTOMERS_TABLE: TableName } = env;
    const identities = identity === undefined ? customer.identities : [...customer.identities, identity];
    const expiresAt = change.expiresAt ?? customer.expiresAt;
    const values = { ...change, ...(identity === undefined ? {} : { identities }) };
    const update = updateParts(
      Object.entries(values).map(([name, value]) => ({ path: [name], value })),
      [
        { path: ['revision'], equals: customer.revision },
        { path: ['erasedAt'], exists: false },
      ],
      { revision: 1, ...(entries.length === 0 ? {} : { nextEntry: entries.length }) },
    );
    // Identities live as long as their customer: they are extended together, or one of them would be forgotten first.
    const claimed = change.expiresAt === undefined ? (identity === undefined ? [] : [identity]) : identities;
    const claims = claimed.map((one) => ({ Put: identityPut(TableName, customer, one, now, expiresAt) }));
    const puts = entryPuts(env.CONVERSATIONS_TABLE, customer, entries, entriesExpireAt);
    const refused = await transact(client, [
      { Update: { TableName, Key: customerRow(customer), ...update } },
      ...claims,
      ...puts,
    ]);
    if (refused === undefined) return 'written';
    return verdictOf(refused, claims.length);
  };

/** Where a condition did not hold: in the row first, then in the identities, then in the entries. */
const verdictOf = (refused: readonly number[], claims: number): CustomerWritten => {
  if (refused.length === 0 || refused.includes(0)) return 'changed';
  return refused.some((index) => index <= claims) ? 'taken' : 'repeated';
};

const listCustomers =
  ({ env, client }: CustomerTables): CustomerStore['list'] =>
  async (agent, { limit, after }, now) => {
    const agentKey = agentKeyOf(agent);
    const start = after === undefined ? {} : { ExclusiveStartKey: { agentKey, item: customerItem(after) } };
    const page = await client.send(
      new QueryCommand({
        TableName: env.CUSTOMERS_TABLE,
        KeyConditionExpression: 'agentKey = :agentKey AND begins_with(#item, :customers)',
        ...ITEM_NAME,
        ExpressionAttributeValues: { ':agentKey': agentKey, ':customers': CUSTOMER_ITEMS },
        ScanIndexForward: false,
        Limit: limit,
        ...start,
      }),
    );
    const last = page.LastEvaluatedKey?.item as string | undefined;
    const customers = (page.Items ?? []).map((row) => customerOf(row, now)).filter((one) => one !== undefined);
    return {
      customers,
      ...(last === undefined ? {} : { last: last.slice(CUSTOMER_ITEMS.length) as CustomerId }),
    };
  };
