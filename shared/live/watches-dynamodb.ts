import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { connectionKey } from '../voice/stores/session-keys.ts';
import { MAX_TOPICS } from './live-limits.ts';
import { callOfTopic, type OperatorTopic } from './topics.ts';
import { callWatchKey, joinedWatchers, tenantWatchKey, watchAttribute, watchersOfRow } from './watch-rows.ts';
import type { Watcher, Watches } from './watches.ts';

interface WatchesEnv {
  readonly VOICE_SESSIONS_TABLE: string;
}

/** Longer than any connection lives. */
const ROW_LIFETIME_SECONDS = 3 * 3600;

/**
 * Watchers in the sessions table: a row a call (`watch#{callId}`) and one a tenant (`watch#tenant#{userId}`), an
 * attribute a connection and topic, so that whoever comes and goes touches nobody else's. A connection's own row has
 * the set of its topics (`watching`): when it is gone, its attributes are found.
 */
export const dynamoWatches = (
  { VOICE_SESSIONS_TABLE: TableName }: WatchesEnv,
  clock: { readonly now: () => number },
  client: DynamoDBDocumentClient = documentClient(),
): Watches => {
  const read = async (key: string): Promise<Readonly<Record<string, unknown>>> => {
    const command = new GetCommand({ TableName, Key: { sessionKey: key }, ConsistentRead: true });
    return (await client.send(command)).Item ?? {};
  };
  const change = (connectionId: string, change: string, topics: readonly OperatorTopic[], most: number) =>
    client
      .send(
        new UpdateCommand({
          TableName,
          Key: connectionKey(connectionId),
          UpdateExpression: `${change} watching :topics`,
          ConditionExpression:
            'attribute_exists(connectionId) AND (attribute_not_exists(watching) OR size(watching) <= :most)',
          ExpressionAttributeValues: { ':topics': new Set(topics), ':most': most },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .then(
        ({ Attributes }) => topicsOf(Attributes?.watching),
        (error: unknown) => {
          if (!isConditionFailure(error)) throw error;
          return error.Item === undefined ? ('gone' as const) : ('too-many' as const);
        },
      );
  const forget: Watches['forget'] = async ({ connectionId, userId }, topics) => {
    await Promise.all(
      rowsOf(userId, topics).map(([key, names]) =>
        client.send(removal(TableName, key, connectionId, names)).catch(unlessNoRow),
      ),
    );
  };
  const watchersIn = async (key: string): Promise<readonly Watcher[]> => watchersOfRow(await read(key), clock.now());
  return {
    add: async ({ connectionId, userId, untilMs }, topics) => {
      const watching = await change(connectionId, 'ADD', topics, MAX_TOPICS - topics.length);
      if (watching === 'gone' || watching === 'too-many') return watching;
      const expiresAt = Math.ceil(clock.now() / 1000) + ROW_LIFETIME_SECONDS;
      const rows = rowsOf(userId, topics);
      await Promise.all(
        rows.map(([key, names]) => client.send(addition(TableName, key, { connectionId, names, untilMs, expiresAt }))),
      );
      return watching;
    },
    remove: async (connection, topics) => {
      const watching = await change(connection.connectionId, 'DELETE', topics, MAX_TOPICS);
      await forget(connection, topics);
      return typeof watching === 'string' ? [] : watching;
    },
    forget,
    ofCall: async ({ callId, userId }) => {
      const [call, tenant] = await Promise.all([watchersIn(callWatchKey(callId)), watchersIn(tenantWatchKey(userId))]);
      return joinedWatchers([...call, ...tenant.filter(({ topics }) => topics.includes('calls'))]);
    },
    ofTenant: (userId) => watchersIn(tenantWatchKey(userId)),
  };
};

const rowsOf = (
  userId: string,
  topics: readonly OperatorTopic[],
): readonly (readonly [string, readonly OperatorTopic[]])[] => {
  const keyOf = (topic: OperatorTopic): string => {
    const callId = callOfTopic(topic);
    return callId === undefined ? tenantWatchKey(userId) : callWatchKey(callId);
  };
  return [...Map.groupBy(topics, keyOf)];
};

interface Addition {
  readonly connectionId: string;
  readonly names: readonly OperatorTopic[];
  readonly untilMs: number;
  readonly expiresAt: number;
}

const addition = (TableName: string, key: string, { connectionId, names, untilMs, expiresAt }: Addition) =>
  new UpdateCommand({
    TableName,
    Key: { sessionKey: key },
    UpdateExpression: `SET ${names.map((_, index) => `#${index} = :until`).join(', ')}, expiresAt = :expiresAt`,
    ExpressionAttributeNames: namesOf(names, connectionId),
    ExpressionAttributeValues: { ':until': untilMs, ':expiresAt': expiresAt },
  });

/** A row that is not there is not made, as an update without a condition would. */
const removal = (TableName: string, key: string, connectionId: string, names: readonly OperatorTopic[]) =>
  new UpdateCommand({
    TableName,
    Key: { sessionKey: key },
    UpdateExpression: `REMOVE ${names.map((_, index) => `#${index}`).join(', ')}`,
    ConditionExpression: 'attribute_exists(sessionKey)',
    ExpressionAttributeNames: namesOf(names, connectionId),
  });

const unlessNoRow = (error: unknown): void => {
  if (!isConditionFailure(error)) throw error;
};

const namesOf = (names: readonly OperatorTopic[], connectionId: string): Record<string, string> =>
  Object.fromEntries(names.map((topic, index) => [`#${index}`, watchAttribute(topic, connectionId)]));

const topicsOf = (set: unknown): readonly OperatorTopic[] => (set instanceof Set ? [...set] : []);
