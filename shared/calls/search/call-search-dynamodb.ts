import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { deleteRows, putRows, readRows } from '../../kernel/batches-dynamodb.ts';
import type { Call, CallId } from '../call.ts';
import { callEntries } from '../call-entries-dynamodb.ts';
import { callOfRow } from '../call-rows.ts';
import { type CallQuery, type CallStore, callIdRange } from '../call-store.ts';
import { beginningOf, isFound, wordsOfCall } from './call-words.ts';
import {
  type BeginningsRow,
  beginningsKey,
  searchRows,
  type WordsKey,
  type WordsRow,
  wordsKey,
} from './search-rows.ts';

interface SearchEnv {
  readonly CALLS_TABLE: string;
  /** Without it a call is found by its numbers and circumstances only. */
  readonly CONVERSATIONS_TABLE?: string;
}

/** Calls looked at for one page: as many as DynamoDB reads in one batch. */
const LOOKED_AT = 100;

/**
 * Makes a call that is over one that can be found. The words of a call that was forgotten meanwhile go with their time.
 * Repeated, it changes nothing.
 */
export const makeSearchable = async (env: SearchEnv, client: DynamoDBDocumentClient, call: Call): Promise<void> => {
  const entries = env.CONVERSATIONS_TABLE === undefined ? [] : await callEntries(env, client)(call);
  const { beginnings, rows } = searchRows(call, wordsOfCall(call, entries));
  await putRows(client, env.CALLS_TABLE, [beginnings]);
  await putRows(client, env.CALLS_TABLE, rows);
};

/** Erases the words of a call; the row that leads to them goes last. */
export const forgetWords = async (
  { CALLS_TABLE: TableName }: SearchEnv,
  client: DynamoDBDocumentClient,
  key: WordsKey,
): Promise<void> => {
  const Key = beginningsKey(key);
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  if (Item === undefined) return;
  const { beginnings } = Item as BeginningsRow;
  await deleteRows(
    client,
    TableName,
    beginnings.map((beginning) => wordsKey(key, beginning)),
  );
  await deleteRows(client, TableName, [Key]);
};

/**
 * Calls with all of the words, newest first. One word leads: its rows are read in the order of calls; of each call found
 * there, the rows of the other words are looked up by key.
 */
export const searchCalls =
  ({ CALLS_TABLE: TableName }: SearchEnv, client: DynamoDBDocumentClient): CallStore['list'] =>
  async (query) => {
    const [leading = '', ...others] = (query.words ?? []).toSorted((one, other) => other.length - one.length);
    const { from, to } = callIdRange(query);
    const partition = (callId: CallId) => wordsKey({ userId: query.userId, callId }, beginningOf(leading));
    const page = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'userId = :words AND callId BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':words': partition(from as CallId).userId, ':from': from, ':to': to },
        ScanIndexForward: false,
        Limit: LOOKED_AT,
        ...(query.after === undefined ? {} : { ExclusiveStartKey: partition(query.after) }),
      }),
    );
    const led = ((page.Items ?? []) as WordsRow[]).filter(has(leading)).map(({ callId }) => callId);
    const found = await withOthers(TableName, client, query.userId, led, others);
    const calls = await readCalls(TableName, client, query, found);
    const last = page.LastEvaluatedKey?.callId as CallId | undefined;
    return { calls, ...(last === undefined ? {} : { last }) };
  };

const has =
  (searched: string) =>
  ({ words }: Pick<WordsRow, 'words'>): boolean =>
    words.some((word) => isFound(word, searched));

/** Those of the calls that have the other words, too. */
const withOthers = async (
  table: string,
  client: DynamoDBDocumentClient,
  userId: string,
  callIds: readonly CallId[],
  others: readonly string[],
): Promise<readonly CallId[]> => {
  let left = callIds;
  for (const other of others) {
    const keys = left.map((callId) => wordsKey({ userId, callId }, beginningOf(other)));
    const rows = (await readRows(client, table, keys)) as unknown as WordsRow[];
    const having = new Set(rows.filter(has(other)).map(({ callId }) => callId));
    left = left.filter((callId) => having.has(callId));
  }
  return left;
};

/** The calls themselves, as far as they are there and are what is asked for besides. */
const readCalls = async (
  table: string,
  client: DynamoDBDocumentClient,
  { userId, agentId, status, channel, direction }: CallQuery,
  callIds: readonly CallId[],
): Promise<readonly Call[]> => {
  const wanted = Object.entries({ agentId, status, channel, direction }).filter(([, value]) => value !== undefined);
  const rows = await readRows(
    client,
    table,
    callIds.map((callId) => ({ userId, callId })),
  );
  const calls = new Map(rows.map((row) => [row.callId, row]));
  return callIds.flatMap((callId) => {
    const row = calls.get(callId);
    const isWanted = row !== undefined && wanted.every(([name, value]) => row[name] === value);
    return isWanted ? [callOfRow(row) as Call] : [];
  });
};
