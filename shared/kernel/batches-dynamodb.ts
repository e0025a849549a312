import { setTimeout } from 'node:timers/promises';
import { BatchGetCommand, BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** DynamoDB's limits for one batch of writes, and one of reads. */
const WRITES = 25;
const READS = 100;
/** Batches under way at once. */
const LANES = 4;
const LONGEST_PAUSE_MS = 400;

type Row = Readonly<Record<string, unknown>>;
type WriteRequest = { readonly PutRequest: { readonly Item: Row } } | { readonly DeleteRequest: { readonly Key: Row } };

/** Writes rows, however many, each over whatever was there. Repeated, it changes nothing. */
export const putRows = (client: DynamoDBDocumentClient, table: string, rows: readonly object[]): Promise<void> =>
  writeRows(
    client,
    table,
    rows.map((row) => ({ PutRequest: { Item: { ...row } } })),
  );

/** Deletes rows, however many; nothing happens to those that are gone. */
export const deleteRows = (client: DynamoDBDocumentClient, table: string, keys: readonly Row[]): Promise<void> =>
  writeRows(
    client,
    table,
    keys.map((Key) => ({ DeleteRequest: { Key } })),
  );

const writeRows = async (
  client: DynamoDBDocumentClient,
  table: string,
  requests: readonly WriteRequest[],
): Promise<void> => {
  await inBatches(requests, WRITES, async (batch) => {
    const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: [...batch] } }));
    return { left: (UnprocessedItems?.[table] ?? []) as WriteRequest[], got: [] };
  });
};

/** The rows that there are of these keys, in no order; eventually consistent. */
export const readRows = (
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Row[],
  projection: { readonly ProjectionExpression?: string } = {},
): Promise<readonly Row[]> =>
  inBatches(keys, READS, async (batch) => {
    const RequestItems = { [table]: { Keys: [...batch], ...projection } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems }));
    return { left: UnprocessedKeys?.[table]?.Keys ?? [], got: Responses?.[table] ?? [] };
  });

/** What DynamoDB leaves undone for want of capacity is sent again, later each time, until nothing is left. */
const inBatches = async <Part, Got>(
  parts: readonly Part[],
  size: number,
  send: (batch: readonly Part[]) => Promise<{ readonly left: readonly Part[]; readonly got: readonly Got[] }>,
): Promise<readonly Got[]> => {
  const batches = Array.from({ length: Math.ceil(parts.length / size) }, (_, index) =>
    parts.slice(index * size, (index + 1) * size),
  );
  const all: Got[] = [];
  const lane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      let rest: readonly Part[] = batch;
      for (let attempt = 0; rest.length > 0; attempt += 1) {
        if (attempt > 0) await setTimeout(Math.min(LONGEST_PAUSE_MS, 20 * 2 ** attempt));
        const { left, got } = await send(rest);
        all.push(...got);
        rest = left;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, batches.length) }, lane));
  return all;
};
