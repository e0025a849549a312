import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CallId } from '../../calls/call.ts';
import { isConditionFailure } from '../../kernel/document-dynamodb.ts';
import { type AttributeChange, type Condition, updateParts } from '../../kernel/update-expression.ts';
import { releaseLines } from './lines-dynamodb.ts';
import { sessionKey, sessionOf } from './session-keys.ts';
import type { SessionStore } from './session-store.ts';
import type { VoiceSession } from './voice-session.ts';

/** Reads calls under way. */
export const findSession =
  (TableName: string, client: DynamoDBDocumentClient): SessionStore['find'] =>
  async (callId) => {
    const command = new GetCommand({ TableName, Key: sessionKey(callId), ConsistentRead: true });
    return sessionOf((await client.send(command)).Item);
  };

export type ChangeSession = (
  callId: CallId,
  changes: readonly AttributeChange[],
  conditions: readonly Condition[],
) => Promise<VoiceSession | undefined>;

/** The session after the change; undefined when a condition did not hold. */
export const changeSession =
  (TableName: string, client: DynamoDBDocumentClient): ChangeSession =>
  async (callId, changes, conditions) =>
    sessionOf(await changeRow(client, TableName, sessionKey(callId), changes, conditions));

/** The row after the change; undefined when a condition did not hold. */
export const changeRow = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  Key: Record<string, unknown>,
  changes: readonly AttributeChange[],
  conditions: readonly Condition[],
): Promise<Record<string, unknown> | undefined> => {
  const command = new UpdateCommand({ TableName, Key, ...updateParts(changes, conditions), ReturnValues: 'ALL_NEW' });
  return client.send(command).then(
    ({ Attributes }) => Attributes,
    (error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)),
  );
};

/** Frees lines; nothing is freed where there is no item. */
export const release = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  ids: readonly string[],
): Promise<void> => {
  await client
    .send(new UpdateCommand(releaseLines(TableName, ids)))
    .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
};
