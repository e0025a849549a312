import { setTimeout } from 'node:timers/promises';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../kernel/document-dynamodb.ts';
import { endCall } from '../../statistics/end-call-dynamodb.ts';
import { openCall } from './opening-dynamodb.ts';
import { extraLineId, spendKey } from './session-keys.ts';
import { changeSession, findSession, release } from './session-rows-dynamodb.ts';
import type { SessionStore } from './session-store.ts';
import { OPEN, type SessionsEnv, type StoreContext } from './store-context-dynamodb.ts';

/** Waits a random part of this time. */
export const randomPause: StoreContext['pause'] = (atMostMs) => setTimeout(Math.random() * atMostMs);

/** Of calls under way in DynamoDB, what begins them and ends those that nobody came for: all that needs no owner. */
export const dynamoCallOpenings = (
  env: SessionsEnv,
  client: DynamoDBDocumentClient = documentClient(),
  pause: StoreContext['pause'] = randomPause,
): Pick<SessionStore, 'open' | 'find' | 'spentToday' | 'abandon'> => {
  const TableName = env.VOICE_SESSIONS_TABLE;
  const find = findSession(TableName, client);
  const change = changeSession(TableName, client);
  const context = { env, client, find, pause };
  return {
    open: openCall(context),
    find,
    spentToday: async (userId, nowMs) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: spendKey(userId, nowMs) }));
      return Number(Item?.microUsd ?? 0);
    },
    abandon: async ({ callId, userId, lost = { claimedEpoch: 0, leaseUntilMs: 0 } }, { reason, failure, nowMs }) => {
      const stillLost = Object.entries(lost).map(([name, value]) => ({ path: [name], equals: value }));
      const ended = await change(callId, [{ path: ['status'], value: 'ended' }], [OPEN, ...stillLost]);
      if (ended === undefined) return false;
      await release(client, TableName, [callId, extraLineId(callId)]);
      const { tally } = ended;
      await endCall(context, { userId, callId }, 'fail', { endedAtMs: nowMs, endReason: reason, failure }, { tally });
      return true;
    },
  };
};
