import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient, isConditionFailure } from '../../kernel/document-dynamodb.ts';
import { updateParts } from '../../kernel/update-expression.ts';
import { connectionKey, connectionOf, ticketKey } from './session-keys.ts';
import type { ConnectionStore, TicketStore } from './session-store.ts';
import type { TicketGrant } from './voice-session.ts';

interface SessionsEnv {
  readonly VOICE_SESSIONS_TABLE: string;
}

/** Connections in DynamoDB: a row each, forgotten with the connection or by its TTL. */
export const dynamoConnectionStore = (
  { VOICE_SESSIONS_TABLE: TableName }: SessionsEnv,
  client: DynamoDBDocumentClient = documentClient(),
): ConnectionStore => ({
  connect: async (connection) => {
    const Item = { ...connectionKey(connection.connectionId), ...connection };
    await client.send(new PutCommand({ TableName, Item }));
  },
  find: async (connectionId) => {
    const command = new GetCommand({ TableName, Key: connectionKey(connectionId), ConsistentRead: true });
    return connectionOf((await client.send(command)).Item);
  },
  disconnect: async (connectionId) => {
    const command = new DeleteCommand({ TableName, Key: connectionKey(connectionId), ReturnValues: 'ALL_OLD' });
    return connectionOf((await client.send(command)).Attributes);
  },
  change: async (connectionId, change) => {
    const changes = Object.entries(change).map(([name, value]) => ({ path: [name], value }));
    const parts = updateParts(changes, [{ path: ['connectionId'], exists: true }]);
    const command = new UpdateCommand({ TableName, Key: connectionKey(connectionId), ...withoutEmpty(parts) });
    return client.send(command).then(
      () => true,
      (error: unknown) => (isConditionFailure(error) ? false : Promise.reject(error)),
    );
  },
  countBadMessage: async (connectionId) => {
    const parts = updateParts([], [{ path: ['connectionId'], exists: true }], { badMessages: 1 });
    const command = new UpdateCommand({
      TableName,
      Key: connectionKey(connectionId),
      ...parts,
      ReturnValues: 'UPDATED_NEW',
    });
    const counted = await client
      .send(command)
      .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
    // The connection is gone, with what it had sent still on its way: more of it is one too many.
    return Number(counted?.Attributes?.badMessages ?? Number.POSITIVE_INFINITY);
  },
});

/** Tickets in DynamoDB: redeemed by deleting them, so that only one of two who show the same succeeds. */
export const dynamoTicketStore = (
  { VOICE_SESSIONS_TABLE: TableName }: SessionsEnv,
  client: DynamoDBDocumentClient = documentClient(),
): TicketStore => ({
  issue: async (tokenHash, grant, untilMs) => {
    const Item = { ...ticketKey(tokenHash), grant, untilMs, expiresAt: Math.ceil(untilMs / 1000) };
    await client.send(new PutCommand({ TableName, Item }));
  },
  redeem: async (tokenHash, nowMs) => {
    const command = new DeleteCommand({
      TableName,
      Key: ticketKey(tokenHash),
      ConditionExpression: 'untilMs > :now',
      ExpressionAttributeValues: { ':now': nowMs },
      ReturnValues: 'ALL_OLD',
    });
    const redeemed = await client
      .send(command)
      .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
    return redeemed?.Attributes?.grant as TicketGrant | undefined;
  },
});

/** DynamoDB refuses an empty map of values. */
const withoutEmpty = <T extends { readonly ExpressionAttributeValues: Record<string, unknown> }>(parts: T) => {
  const { ExpressionAttributeValues, ...rest } = parts;
  return Object.keys(ExpressionAttributeValues).length === 0 ? rest : { ...rest, ExpressionAttributeValues };
};
