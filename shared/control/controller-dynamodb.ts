import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../kernel/document-dynamodb.ts';
import type { ControlRow } from '../voice/stores/control-dynamodb.ts';
import { controlKey } from '../voice/stores/session-keys.ts';
import type { ControlStore } from './control-store.ts';

/** Who has a call in hand, for those who only want to know. Strongly consistent. */
export const dynamoController = (
  { VOICE_SESSIONS_TABLE: TableName }: { readonly VOICE_SESSIONS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): Pick<ControlStore, 'controller'> => ({
  controller: async (callId) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: controlKey(callId), ConsistentRead: true }));
    return (Item as ControlRow | undefined)?.controller;
  },
});
