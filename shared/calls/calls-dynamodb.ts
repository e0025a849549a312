import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { deleteRows } from '../kernel/batches-dynamodb.ts';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { updateParts } from '../kernel/update-expression.ts';
import { endCall } from '../statistics/end-call-dynamodb.ts';
import type { Call, CallId } from './call.ts';
import { callEntries, entriesKey } from './call-entries-dynamodb.ts';
import { callOfRow, indexKeys, rowOfCall, transitionOf } from './call-rows.ts';
import { type CallKey, type CallQuery, type CallStore, callIdRange } from './call-store.ts';
import { forgetWords, searchCalls } from './search/call-search-dynamodb.ts';

interface CallStoreEnv {
  readonly CALLS_TABLE: string;
  /** Needed to read and to erase what was said. */
  readonly CONVERSATIONS_TABLE?: string;
  /** Where calls are counted when they end. */
  readonly STATISTICS_TABLE?: string;
}

/** Rows of a partition that are erased at once. */
const ERASED_AT_ONCE = 25;

/** Calls in DynamoDB. */
export const dynamoCallStore = (env: CallStoreEnv, client: DynamoDBDocumentClient = documentClient()): CallStore => {
  const TableName = env.CALLS_TABLE;
  const find: CallStore['find'] = async ({ userId, callId }) => {
    const command = new GetCommand({ TableName, Key: { userId, callId }, ConsistentRead: true });
    return callOfRow((await client.send(command)).Item);
  };
  return {
    find,
    insert: async (call) => {
      const Item = rowOfCall(call);
      const command = new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(callId)' });
      return client.send(command).then(
        () => true,
        (error: unknown) => (isConditionFailure(error) ? false : Promise.reject(error)),
      );
    },
    transition: async ({ userId, callId }, transition, change) => {
      // The keys of the indices need the agent's id, which never changes.
      const current = await find({ userId, callId });
      if (current === undefined) return { written: false, current };
      if (transition === 'complete' || transition === 'fail') {
        const ended = await endCall({ env, client }, { userId, callId }, transition, change);
        return ended === undefined
          ? { written: false, current: await find({ userId, callId }) }
          : { written: true, call: ended };
      }
      const { changes, from } = transitionOf(current, transition, change);
      const parts = updateParts(changes, [{ path: ['status'], in: from }]);
      const command = new UpdateCommand({ TableName, Key: { userId, callId }, ...parts, ReturnValues: 'ALL_NEW' });
      return client.send(command).then(
        ({ Attributes }) => ({ written: true as const, call: callOfRow(Attributes) as Call }),
        async (error: unknown) => {
          if (!isConditionFailure(error)) throw error;
          return { written: false as const, current: await find({ userId, callId }) };
        },
      );
    },
    findBySid: async (callSid) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'callSid-index',
          KeyConditionExpression: 'callSid = :callSid',
          ExpressionAttributeValues: { ':callSid': callSid },
          Limit: 1,
        }),
      );
      const [row] = Items as CallKey[];
      return row && { userId: row.userId, callId: row.callId };
    },
    noteSid: async ({ userId, callId }, callSid) => {
      const goesOn = { path: ['status'], in: ['queued', 'ringing', 'starting', 'active'] };
      const parts = updateParts([{ path: ['callSid'], value: callSid }], [goesOn]);
      const command = new UpdateCommand({ TableName, Key: { userId, callId }, ...parts });
      return client.send(command).then(
        () => true,
        (error: unknown) => (isConditionFailure(error) ? false : Promise.reject(error)),
      );
    },
    addRecording: async ({ userId, callId }, part) => {
      const command = new UpdateCommand({
        TableName,
        Key: { userId, callId },
        UpdateExpression: 'ADD recordedParts :part',
        ConditionExpression: 'attribute_exists(callId)',
        ExpressionAttributeValues: { ':part': new Set([part]) },
      });
      await client
        .send(command)
        .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
    },
    list: (query) => (query.words === undefined ? listCalls : searchCalls)(env, client)(query),
    entries: callEntries(env, client),
    forget: forgetCalls(env, client),
  };
};

const listCalls =
  ({ CALLS_TABLE }: CallStoreEnv, client: DynamoDBDocumentClient): CallStore['list'] =>
  async (query) => {
    const { index, name, value } = partitionOf(query);
    const { from, to } = callIdRange(query);
    const filter = filterOf(query);
    const start = query.after === undefined ? {} : { ExclusiveStartKey: startKey(query, query.after, name, value) };
    const page = await client.send(
      new QueryCommand({
        TableName: CALLS_TABLE,
        ...(index === undefined ? {} : { IndexName: index }),
        KeyConditionExpression: '#partition = :partition AND callId BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#partition': name },
        ExpressionAttributeValues: { ':partition': value, ':from': from, ':to': to, ...filter.values },
        ...(filter.expression === '' ? {} : { FilterExpression: filter.expression }),
        ScanIndexForward: false,
        Limit: query.limit,
        ...start,
      }),
    );
    const last = page.LastEvaluatedKey?.callId as CallId | undefined;
    const calls = (page.Items ?? []).map((row) => callOfRow(row) as Call);
    return { calls, ...(last === undefined ? {} : { last }) };
  };

const filterOf = ({ channel, direction }: CallQuery) => {
  const wanted = Object.entries({ channel, direction }).filter(([, value]) => value !== undefined);
  return {
    expression: wanted.map(([name]) => `${name} = :${name}`).join(' AND '),
    values: Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, value])),
  };
};

/** The index that answers the query by key alone, and the key. */
const partitionOf = ({ userId, agentId, status }: CallQuery) => {
  if (agentId === undefined && status === undefined) return { index: undefined, name: 'userId', value: userId };
  const keys = indexKeys({ userId, agentId: agentId ?? '', status: status ?? 'queued' });
  if (agentId === undefined) return { index: 'status-index', name: 'statusKey', value: keys.statusKey };
  if (status === undefined) return { index: 'agent-index', name: 'agentKey', value: keys.agentKey };
  return { index: 'agent-status-index', name: 'agentStatusKey', value: keys.agentStatusKey };
};

const startKey = ({ userId }: CallQuery, callId: CallId, name: string, value: string) => ({
  userId,
  callId,
  [name]: value,
});

/** What leads to a call goes first, then what was said: a call that is still listed is found again by whoever repeats this. */
const forgetCalls =
  (env: CallStoreEnv, client: DynamoDBDocumentClient): CallStore['forget'] =>
  async ({ userId, agentId }, limit) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: env.CALLS_TABLE,
        IndexName: 'agent-index',
        KeyConditionExpression: 'agentKey = :agent',
        ExpressionAttributeValues: { ':agent': `${userId}#${agentId}` },
        ProjectionExpression: 'callId',
        Limit: limit,
      }),
    );
    for (const { callId } of Items as { readonly callId: CallId }[]) {
      await forgetWords(env, client, { userId, callId });
      await forgetEntries(env, client, entriesKey({ userId, agentId, callId }));
      await deleteRows(client, env.CALLS_TABLE, [{ userId, callId }]);
    }
    return LastEvaluatedKey === undefined;
  };

const forgetEntries = async (
  { CONVERSATIONS_TABLE = '' }: CallStoreEnv,
  client: DynamoDBDocumentClient,
  partition: string,
): Promise<void> => {
  for (let whole = false; !whole; ) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: CONVERSATIONS_TABLE,
        KeyConditionExpression: 'conversationKey = :key',
        ExpressionAttributeValues: { ':key': partition },
        ProjectionExpression: 'conversationKey, turn',
        Limit: ERASED_AT_ONCE,
      }),
    );
    await deleteRows(client, CONVERSATIONS_TABLE, Items);
    whole = LastEvaluatedKey === undefined;
  }
};
