import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { sha256 } from '../customers/customer-keys.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { documentClient } from '../kernel/document-dynamodb.ts';
import type { MessageKey } from '../messages/message-claims.ts';
import type { SentParts } from './sent-parts.ts';

/** As long as claims of messages. */
const KEPT_SECONDS = 8 * 86_400;

/** In the conversations table, under a digest: ids of platforms may hold telephone numbers. */
export const dynamoSentParts = (
  { CONVERSATIONS_TABLE: TableName }: { readonly CONVERSATIONS_TABLE: string },
  clock: Clock,
  client: DynamoDBDocumentClient = documentClient(),
): SentParts => ({
  count: async (key) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(key), ConsistentRead: true }));
    return (Item as { readonly parts: number } | undefined)?.parts ?? 0;
  },
  record: async (key, parts) => {
    const Item = { ...keyOf(key), parts, expiresAt: nowSeconds(clock) + KEPT_SECONDS };
    await client.send(new PutCommand({ TableName, Item }));
  },
});

const keyOf = ({ userId, agentId, channel, messageId }: MessageKey) => ({
  conversationKey: `sent#${sha256(JSON.stringify([userId, agentId, channel, messageId]))}`,
  turn: 0,
});
