import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { AgentKey } from '../agents/agent-store.ts';
import { documentClient, isConditionFailure, isTransactionConditionFailure } from '../kernel/document-dynamodb.ts';
import type { ApiKey, ApiKeyId } from './api-key.ts';
import { isExpired } from './api-key.ts';
import type { ApiKeyStore } from './api-key-store.ts';

interface ApiKeyStoreEnv {
  readonly API_KEYS_TABLE: string;
  /** Needed to make keys: an agent that is going gets no more. */
  readonly AGENTS_TABLE?: string;
}

/** Another key of the agent was made or removed in between; nobody does so often. */
const INSERT_ATTEMPTS = 5;
const KEYS_OF_AGENT = 'agent-index';

/**
 * Which keys an agent has, by their ids: a row of its own beside the keys. It counts them exactly and finds a key that
 * was just made, neither of which an index can.
 */
interface Roster {
  readonly keys: Readonly<Record<string, Pick<ApiKey, 'keyHash' | 'expiresAt'>>>;
  readonly revision: number;
}

const NO_ROSTER: Roster = { keys: {}, revision: 0 };

/** API keys in DynamoDB, found by their hash. */
export const dynamoApiKeyStore = (
  env: ApiKeyStoreEnv,
  client: DynamoDBDocumentClient = documentClient(),
): ApiKeyStore => ({
  insert: insertKey(env, client),
  list: listKeys(env, client),
  remove: removeKey(env, client),
  find: async (keyHash) => {
    const command = new GetCommand({ TableName: env.API_KEYS_TABLE, Key: { keyHash }, ConsistentRead: true });
    return keyOf((await client.send(command)).Item);
  },
  touch: async (keyHash, now, notSince) => {
    const command = new UpdateCommand({
      TableName: env.API_KEYS_TABLE,
      Key: { keyHash },
      UpdateExpression: 'SET lastUsedAt = :now',
      ConditionExpression:
        'attribute_exists(keyHash) AND (attribute_not_exists(lastUsedAt) OR lastUsedAt <= :notSince)',
      ExpressionAttributeValues: { ':now': now, ':notSince': notSince },
    });
    await client
      .send(command)
      .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
  },
  forget: async (agent) => {
    const roster = await rosterOf(env, client, agent);
    const hashes = [...Object.values(roster.keys).map(({ keyHash }) => keyHash), rosterHash(agent)];
    for (const keyHash of hashes) {
      await client.send(new DeleteCommand({ TableName: env.API_KEYS_TABLE, Key: { keyHash } }));
    }
  },
});

const agentKeyOf = ({ userId, agentId }: AgentKey): string => `${userId}#${agentId}`;

/** No SHA-256 looks like it, and without `agentKey` the row is in no index. */
const rosterHash = (agent: AgentKey): string => `agent#${agentKeyOf(agent)}`;

const keyOf = (row: Record<string, unknown> | undefined): ApiKey | undefined => {
  if (row === undefined) return undefined;
  const { agentKey: _agentKey, ...key } = row;
  return key as unknown as ApiKey;
};

const rosterOf = async (env: ApiKeyStoreEnv, client: DynamoDBDocumentClient, agent: AgentKey): Promise<Roster> => {
  const { Item } = await client.send(
    new GetCommand({ TableName: env.API_KEYS_TABLE, Key: { keyHash: rosterHash(agent) }, ConsistentRead: true }),
  );
  return (Item as Roster | undefined) ?? NO_ROSTER;
};

const insertKey =
  (env: ApiKeyStoreEnv, client: DynamoDBDocumentClient): ApiKeyStore['insert'] =>
  async (key, limits) => {
    for (let attempt = 1; ; attempt += 1) {
      const roster = withKey(await rosterOf(env, client, key), key, limits);
      if (roster === undefined) return 'full';
      const command = new TransactWriteCommand({ TransactItems: insertItems(env, key, roster) });
      const error = await client.send(command).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error === undefined) return 'inserted';
      if (isTransactionConditionFailure(error) && isAgentGone(error)) return 'agent-gone';
      if (!isTransactionConditionFailure(error) || attempt >= INSERT_ATTEMPTS) throw error;
    }
  };

/** The roster with one key more and without those that have expired; undefined when it is full. */
const withKey = (roster: Roster, key: ApiKey, limits: { readonly now: number; readonly most: number }) => {
  const living = Object.entries(roster.keys).filter(([, one]) => !isExpired(one, limits.now));
  if (living.length >= limits.most) return undefined;
  const { keyHash, expiresAt } = key;
  const listed = { keyHash, ...(expiresAt === undefined ? {} : { expiresAt }) };
  return { ...roster, keys: { ...Object.fromEntries(living), [key.keyId]: listed } };
};

const insertItems = (env: ApiKeyStoreEnv, key: ApiKey, { keys, revision }: Roster) => [
  {
    ConditionCheck: {
      TableName: env.AGENTS_TABLE,
      Key: { userId: key.userId, agentId: key.agentId },
      ConditionExpression: 'attribute_exists(agentId) AND #status <> :deleting',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':deleting': 'deleting' },
    },
  },
  {
    Put: {
      TableName: env.API_KEYS_TABLE,
      Item: { keyHash: rosterHash(key), keys, revision: revision + 1 },
      ConditionExpression: revision === 0 ? 'attribute_not_exists(keyHash)' : 'revision = :revision',
      ...(revision === 0 ? {} : { ExpressionAttributeValues: { ':revision': revision } }),
    },
  },
  {
    Put: {
      TableName: env.API_KEYS_TABLE,
      Item: { ...key, agentKey: agentKeyOf(key) },
      ConditionExpression: 'attribute_not_exists(keyHash)',
    },
  },
];

/** The reasons stand in the order of the writes. */
const isAgentGone = (error: unknown): boolean =>
  (error as { readonly CancellationReasons?: readonly { readonly Code?: string }[] }).CancellationReasons?.[0]?.Code ===
  'ConditionalCheckFailed';

const listKeys =
  ({ API_KEYS_TABLE }: ApiKeyStoreEnv, client: DynamoDBDocumentClient): ApiKeyStore['list'] =>
  async ({ agent, limit, after }) => {
    const page = await client.send(
      new QueryCommand({
        TableName: API_KEYS_TABLE,
        IndexName: KEYS_OF_AGENT,
        KeyConditionExpression: after === undefined ? 'agentKey = :agent' : 'agentKey = :agent AND keyId < :after',
        ExpressionAttributeValues: { ':agent': agentKeyOf(agent), ...(after === undefined ? {} : { ':after': after }) },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    const keys = (page.Items ?? []).map((row) => keyOf(row) as ApiKey);
    const last = page.LastEvaluatedKey === undefined ? undefined : keys.at(-1)?.keyId;
    return { keys, ...(last === undefined ? {} : { last }) };
  };

const removeKey =
  (env: ApiKeyStoreEnv, client: DynamoDBDocumentClient): ApiKeyStore['remove'] =>
  async (agent, keyId: ApiKeyId) => {
    const listed = (await rosterOf(env, client, agent)).keys[keyId];
    if (listed === undefined) return;
    const unlist = {
      TableName: env.API_KEYS_TABLE,
      Key: { keyHash: rosterHash(agent) },
      UpdateExpression: 'SET revision = revision + :one REMOVE #keys.#keyId',
      // An agent that was erased meanwhile must not get its roster back.
      ConditionExpression: 'attribute_exists(keyHash)',
      ExpressionAttributeNames: { '#keys': 'keys', '#keyId': keyId },
      ExpressionAttributeValues: { ':one': 1 },
    };
    const remove = { TableName: env.API_KEYS_TABLE, Key: { keyHash: listed.keyHash } };
    await client
      .send(new TransactWriteCommand({ TransactItems: [{ Update: unlist }, { Delete: remove }] }))
      .catch((error: unknown) => (isTransactionConditionFailure(error) ? undefined : Promise.reject(error)));
  };
