import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, isConditionFailure } from '../../kernel/document-dynamodb.ts';
import { settingsKey } from '../stores/session-keys.ts';
import type { SettingsMarks } from './settings-marks.ts';

/** Longer than any call: whoever begins later reads the agent's row. */
const KEPT_SECONDS = 2 * 86_400;

/** One small row an agent in the sessions table, whatever the number of its calls. */
export const dynamoSettingsMarks = (
  { VOICE_SESSIONS_TABLE }: { readonly VOICE_SESSIONS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): SettingsMarks => ({
  changed: async ({ userId, agentId }, revision, nowMs) => {
    const command = new UpdateCommand({
      TableName: VOICE_SESSIONS_TABLE,
      Key: settingsKey(userId, agentId),
      UpdateExpression: 'SET version = :version, expiresAt = :expiresAt',
      ConditionExpression: 'attribute_not_exists(version) OR version < :version',
      ExpressionAttributeValues: {
        ':version': revision,
        ':expiresAt': Math.floor(nowMs / 1000) + KEPT_SECONDS,
      },
    });
    await client.send(command).catch((error: unknown) => {
      if (!isConditionFailure(error)) throw error;
    });
  },
});
