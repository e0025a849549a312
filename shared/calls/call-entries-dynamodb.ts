import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { SessionId } from '../kernel/ids.ts';
import { conversationKey } from '../messages/conversations-dynamodb.ts';
import type { CallEntry } from './call.ts';
import type { CallEntriesKey, CallStore } from './call-store.ts';

interface EntriesEnv {
  readonly CONVERSATIONS_TABLE?: string;
}

/** Partition of a call's entries. */
export const entriesKey = ({ callId, ...key }: CallEntriesKey): string =>
  conversationKey({ ...key, sessionId: callId as string as SessionId } as unknown as Parameters<
    typeof conversationKey
  >[0]);

/** All that is on record of a call, in its order. */
export const callEntries =
  ({ CONVERSATIONS_TABLE }: EntriesEnv, client: DynamoDBDocumentClient): CallStore['entries'] =>
  async (key) => {
    const entries: CallEntry[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: CONVERSATIONS_TABLE,
          KeyConditionExpression: 'conversationKey = :key AND turn >= :first',
          ExpressionAttributeValues: { ':key': entriesKey(key), ':first': 0 },
          ...(after === undefined ? {} : { ExclusiveStartKey: after }),
        }),
      );
      entries.push(...(page.Items ?? []).map(entryOfRow));
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
    return entries;
  };

const entryOfRow = (row: Record<string, unknown>): CallEntry => {
  const { conversationKey: _key, turn: _turn, createdAt: _createdAt, expiresAt: _expiresAt, ...entry } = row;
  return entry as unknown as CallEntry;
};
