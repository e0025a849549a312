import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { documentClient } from '../kernel/document-dynamodb.ts';
import { endCall } from '../statistics/end-call-dynamodb.ts';
import { entryPuts } from '../voice/stores/recording-dynamodb.ts';
import { sessionKey } from '../voice/stores/session-keys.ts';
import { type CallCancelling, cancelEntry } from './cancel-call.ts';

interface CancelEnv {
  readonly CALLS_TABLE: string;
  readonly CONVERSATIONS_TABLE: string;
  readonly STATISTICS_TABLE: string;
  readonly VOICE_SESSIONS_TABLE: string;
}

/**
 * Ends calls before they begin, in DynamoDB. Whoever answers the phone opens a session on condition that the call still
 * rings; a call ends here on condition that it has no session: of the two, one happens.
 */
export const dynamoCancelling = (
  env: CancelEnv,
  client: DynamoDBDocumentClient = documentClient(),
): CallCancelling['cancel'] => {
  const calls = dynamoCallStore(env, client);
  return async (call, by) => {
    const { userId, callId, agentId, createdAtMs: startedAtMs, expiresAt: recordsExpireAt } = call;
    const { commandId, operator, atMs } = by;
    const change = {
      endedAtMs: atMs,
      endReason: 'operator-ended' as const,
      failure: `${operator.name} ended the call before it was answered.`,
      endCommandId: commandId,
    };
    const record = { userId, callId, agentId, startedAtMs, recordsExpireAt };
    const noSession = {
      TableName: env.VOICE_SESSIONS_TABLE,
      Key: sessionKey(callId),
      ConditionExpression: 'attribute_not_exists(sessionKey)',
    };
    const also = [
      { ConditionCheck: noSession },
      ...entryPuts(env.CONVERSATIONS_TABLE, record, [cancelEntry(by)], atMs),
    ];
    if ((await endCall({ env, client }, { userId, callId }, 'fail', change, { also })) !== undefined) return true;
    return (await calls.find({ userId, callId }))?.endCommandId === commandId;
  };
};
