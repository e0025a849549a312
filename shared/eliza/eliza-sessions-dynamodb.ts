import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { SOCIAL_CHANNELS } from '../channels/channel.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { documentClient } from '../kernel/document-dynamodb.ts';
import type { ElizaSession, ElizaSessionKey, ElizaSessionStore } from './eliza-session-store.ts';

/** A session lasts 12 h at most (`SESSION_MAX_DURATION_MINUTES` of the server); its row goes with it. */
const SESSION_SECONDS = 12 * 3600;

/** Sessions in the conversations table, which forgets by itself: key `eliza#{agentId}#{sessionId}`, `turn` the channel's number. */
export const dynamoElizaSessionStore = (
  { CONVERSATIONS_TABLE: TableName }: { readonly CONVERSATIONS_TABLE: string },
  clock: Clock,
  client: DynamoDBDocumentClient = documentClient(),
): ElizaSessionStore => ({
  find: async (key) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(key), ConsistentRead: true }));
    const row = Item as (ElizaSession & { readonly expiresAt: number }) | undefined;
    // DynamoDB deletes late: a row past its time is none.
    if (row === undefined || row.expiresAt <= nowSeconds(clock)) return undefined;
    const { elizaSessionId, toldUpToMs, toldFacts } = row;
    return { elizaSessionId, toldUpToMs, toldFacts };
  },
  keep: async (key, session) => {
    const Item = { ...session, ...keyOf(key), expiresAt: nowSeconds(clock) + SESSION_SECONDS };
    await client.send(new PutCommand({ TableName, Item }));
  },
});

const keyOf = ({ agentId, sessionId, channel }: ElizaSessionKey) => ({
  conversationKey: `eliza#${agentId}#${sessionId}`,
  turn: SOCIAL_CHANNELS.indexOf(channel),
});
