import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../calls/call.ts';
import { callOfRow, transitionOf } from '../calls/call-rows.ts';
import type { CallChange, CallKey } from '../calls/call-store.ts';
import { makeSearchable } from '../calls/search/call-search-dynamodb.ts';
import { isTransactionConditionFailure } from '../kernel/document-dynamodb.ts';
import { updateParts } from '../kernel/update-expression.ts';
import { type CallTally, countedCall } from './call-tally.ts';
import { type Counting, countingWrites, transactPatiently } from './count-dynamodb.ts';

interface EndCallContext {
  readonly env: Counting & { readonly CALLS_TABLE: string; readonly CONVERSATIONS_TABLE?: string };
  readonly client: DynamoDBDocumentClient;
}

interface EndCallExtras {
  /** What happened in the call. */
  readonly tally?: CallTally | undefined;
  /** What is written only if the call ends so. */
  readonly also?: Parameters<typeof transactPatiently>[1];
}

/**
 * Ends a call and counts it, in one transaction: a call ends once, so it is counted once, whoever ends it and however
 * often. Gives the call as it was ended; undefined when it was over before, or is forgotten. Then makes its words
 * searchable, also where it was over before: who ended it may have got no further, or did not know what was said.
 */
export const endCall = async (
  { env, client }: EndCallContext,
  { userId, callId }: CallKey,
  transition: 'complete' | 'fail',
  change: CallChange,
  { tally, also = [] }: EndCallExtras = {},
): Promise<Call | undefined> => {
  const Key = { userId, callId };
  const read = async () =>
    callOfRow((await client.send(new GetCommand({ TableName: env.CALLS_TABLE, Key, ConsistentRead: true }))).Item);
  const current = await read();
  if (current === undefined) return undefined;
  const { changes, from } = transitionOf(current, transition, change);
  const ended = endedCall(current, transition, change);
  const Update = {
    TableName: env.CALLS_TABLE,
    Key,
    ...updateParts(changes, [{ path: ['status'], in: from }]),
  };
  try {
    await transactPatiently(client, [{ Update }, ...also, ...countingWrites(env, countedCall(ended, tally))]);
  } catch (error) {
    if (!isTransactionConditionFailure(error)) throw error;
    const over = await read();
    const isOver = over?.status === 'completed' || over?.status === 'failed';
    if (over !== undefined && isOver) await makeSearchable(env, client, over);
    return undefined;
  }
  await makeSearchable(env, client, ended);
  return ended;
};

const endedCall = (call: Call, transition: 'complete' | 'fail', change: CallChange): Call => {
  const kept = Object.entries(change).filter(([, value]) => value !== null && value !== undefined);
  return { ...call, ...Object.fromEntries(kept), status: transition === 'complete' ? 'completed' : 'failed' };
};
