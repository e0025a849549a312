import { BatchWriteCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../kernel/document-dynamodb.ts';
import { scopeKeyOf, tallyOfRow } from './statistics-rows.ts';
import type { StatisticsStore } from './statistics-store.ts';
import type { Tally } from './tally.ts';

/** Name of the index of what each agent did on a day. */
const BY_DAY = 'day-index';

/** Statistics in DynamoDB, read by key and index. */
export const dynamoStatisticsStore = (
  { STATISTICS_TABLE: TableName }: { readonly STATISTICS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): StatisticsStore => ({
  read: async (scope, from, to) => {
    const rows = await all(client, {
      TableName,
      KeyConditionExpression: 'scopeKey = :scope AND #period BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#period': 'period' },
      ExpressionAttributeValues: { ':scope': scopeKeyOf(scope), ':from': from, ':to': to },
      ConsistentRead: true,
    });
    return new Map(rows.map((row): [string, Tally] => [String(row.period), tallyOfRow(row)]));
  },
  readAgents: async (userId, day) => {
    const rows = await all(client, {
      TableName,
      IndexName: BY_DAY,
      KeyConditionExpression: 'dayKey = :day',
      ExpressionAttributeValues: { ':day': `${userId}#${day}` },
    });
    return new Map(rows.map((row): [string, Tally] => [String(row.agentId), tallyOfRow(row)]));
  },
  forget: async (agent, limit) => {
    const page = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'scopeKey = :scope',
        ExpressionAttributeNames: { '#period': 'period' },
        ExpressionAttributeValues: { ':scope': scopeKeyOf(agent) },
        ProjectionExpression: 'scopeKey, #period',
        Limit: limit,
      }),
    );
    const keys = page.Items ?? [];
    for (let first = 0; first < keys.length; first += BATCH_SIZE) {
      await deleteAll(client, TableName, keys.slice(first, first + BATCH_SIZE));
    }
    return page.LastEvaluatedKey === undefined;
  },
});

/** DynamoDB's limit for one batch. */
const BATCH_SIZE = 25;

const deleteAll = async (client: DynamoDBDocumentClient, table: string, keys: readonly Row[]): Promise<void> => {
  let requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  while (requests.length > 0) {
    const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    requests = (UnprocessedItems?.[table] ?? []) as typeof requests;
  }
};

type Row = Readonly<Record<string, unknown>>;

const all = async (
  client: DynamoDBDocumentClient,
  query: ConstructorParameters<typeof QueryCommand>[0],
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({ ...query, ...(after === undefined ? {} : { ExclusiveStartKey: after }) }),
    );
    rows.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
  } while (after !== undefined);
  return rows;
};
