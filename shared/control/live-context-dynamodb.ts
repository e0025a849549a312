import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, isTransactionConditionFailure } from '../kernel/document-dynamodb.ts';
import { updateParts } from '../kernel/update-expression.ts';
import { liveContextKey } from '../voice/stores/session-keys.ts';
import type { LiveContextStore } from './control-store.ts';

interface LiveContextEnv {
  readonly AGENTS_TABLE: string;
  readonly VOICE_SESSIONS_TABLE: string;
}

/** Longer than any call: whoever begins later reads the agent's row. */
const KEPT_SECONDS = 2 * 86_400;

/** One write however many calls go on: each of their owners looks at the same row of the sessions table. */
export const dynamoLiveContextStore = (
  { AGENTS_TABLE, VOICE_SESSIONS_TABLE }: LiveContextEnv,
  client: DynamoDBDocumentClient = documentClient(),
): LiveContextStore => ({
  write: async ({ userId, agentId }, live, before) => {
    const unchanged =
      before === 0 ? { path: ['liveContext'], exists: false } : { path: ['liveContext', 'version'], equals: before };
    const stays = ['creating', 'active', 'paused', 'stopped', 'updating', 'failed'];
    const parts = updateParts([{ path: ['liveContext'], value: live }], [unchanged, { path: ['status'], in: stays }]);
    const expiresAt = Math.floor(live.updatedAtMs / 1000) + KEPT_SECONDS;
    const TransactItems = [
      { Update: { TableName: AGENTS_TABLE, Key: { userId, agentId }, ...parts } },
      { Put: { TableName: VOICE_SESSIONS_TABLE, Item: { ...liveContextKey(userId, agentId), live, expiresAt } } },
    ];
    try {
      await client.send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (isTransactionConditionFailure(error)) return false;
      throw error;
    }
  },
});
