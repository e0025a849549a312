import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { rowOfCall } from '../../calls/call-rows.ts';
import type { Admission } from '../admission/lines.ts';
import { admitted, type LinesItem, linesUpdate, writeLines } from './lines-dynamodb.ts';
import { connectionKey, sessionKey } from './session-keys.ts';
import type { Opened, Opening } from './session-store.ts';
import type { SessionsEnv, StoreContext } from './store-context-dynamodb.ts';
import type { VoiceSession } from './voice-session.ts';

/** Takes a line and writes session and call with it; a caller for whom there is none gets a place in the queue. */
export const openCall =
  ({ env, client, pause }: Pick<StoreContext, 'env' | 'client' | 'pause'>) =>
  async (opening: Opening): Promise<Opened> => {
    const { session, lineUntilMs, mayWait, nowMs } = opening;
    const TableName = env.VOICE_SESSIONS_TABLE;
    const request = { lineId: session.callId, userId: session.userId, untilMs: lineUntilMs, mayWait };
    let isTaken = false;
    const write = async (before: LinesItem, admission: Admission): Promise<boolean> => {
      if (admission.outcome !== 'admitted') return writeLines(client, TableName, before, admission);
      const items = openingItems(env, opening, linesUpdate(TableName, before, admission.lines));
      const written = await transact(client, items);
      isTaken = written === 'refused';
      return written !== 'again';
    };
    const admission = await admitted({ client, TableName, cap: env.VOICE_LINES, pause }, request, nowMs, write);
    if (isTaken) return { opened: false, reason: 'taken' };
    if (admission.outcome === 'admitted') return { opened: true };
    return {
      opened: false,
      reason: 'busy',
      ...(admission.outcome === 'queued' ? { position: admission.position } : {}),
    };
  };

/** The lines come first: their reason in a cancelled transaction says whether to try again. */
const openingItems = (env: SessionsEnv, opening: Opening, lines: ReturnType<typeof linesUpdate>) => {
  const { session, call, connectionId } = opening;
  const { VOICE_SESSIONS_TABLE, CALLS_TABLE } = env;
  return [
    { Update: lines },
    {
      Put: {
        TableName: VOICE_SESSIONS_TABLE,
        Item: { ...sessionKey(session.callId), ...session },
        ConditionExpression: 'attribute_not_exists(sessionKey)',
      },
    },
    ...(call === undefined
      ? [stillRinging(CALLS_TABLE, session)]
      : [
          {
            Put: {
              TableName: CALLS_TABLE,
              Item: rowOfCall(call),
              ConditionExpression: 'attribute_not_exists(callId)',
            },
          },
        ]),
    ...(connectionId === undefined
      ? []
      : [
          {
            Update: {
              TableName: VOICE_SESSIONS_TABLE,
              Key: connectionKey(connectionId),
              UpdateExpression: 'SET callId = :callId REMOVE waiting',
              ConditionExpression: 'attribute_exists(connectionId) AND attribute_not_exists(callId)',
              ExpressionAttributeValues: { ':callId': session.callId },
            },
          },
        ]),
  ];
};

/** A call that was placed begins only if nobody has ended it while the phone rang. */
const stillRinging = (TableName: string, { userId, callId }: VoiceSession) => ({
  ConditionCheck: {
    TableName,
    Key: { userId, callId },
    ConditionExpression: '#status IN (:queued, :ringing)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':queued': 'queued', ':ringing': 'ringing' },
  },
});

type Transacted = 'written' | 'again' | 'refused';

const transact = async (
  client: DynamoDBDocumentClient,
  items: ReturnType<typeof openingItems>,
): Promise<Transacted> => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: items }));
    return 'written';
  } catch (error) {
    const codes = cancellationCodes(error);
    if (codes === undefined) throw error;
    if (codes.slice(1).includes('ConditionalCheckFailed')) return 'refused';
    if (codes[0] === 'ConditionalCheckFailed' || codes.includes('TransactionConflict')) return 'again';
    throw error;
  }
};

/** Why each write of a transaction was not made; undefined for another error. */
export const cancellationCodes = (error: unknown): readonly (string | undefined)[] | undefined =>
  error instanceof Error && error.name === 'TransactionCanceledException'
    ? ((error as { CancellationReasons?: readonly { readonly Code?: string }[] }).CancellationReasons ?? []).map(
        ({ Code }) => Code,
      )
    : undefined;
