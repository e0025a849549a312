import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { channelRow, channelRowKey } from '../channels/channels-dynamodb.ts';
import { documentClient, isConditionFailure, isTransactionConditionFailure } from '../kernel/document-dynamodb.ts';
import { type AttributeChange, type Condition, type UpdateParts, updateParts } from '../kernel/update-expression.ts';
import { knowledgeBaseUpdate } from '../knowledge/knowledge-bases-dynamodb.ts';
import { AGENT_TRANSITIONS, type Agent, type AgentStatus, type AgentTransition, returnsToRest } from './agent.ts';
import { agentOf, dynamoAgentReader } from './agent-reader-dynamodb.ts';
import type {
  AgentChange,
  AgentGuard,
  AgentKey,
  AgentStore,
  AgentSummary,
  WriteOptions,
  Written,
} from './agent-store.ts';

interface AgentStoreEnv {
  readonly AGENTS_TABLE: string;
  /** Needed by writes that touch both tables. */
  readonly KNOWLEDGE_BASES_TABLE?: string;
  /** Needed where agents are created. */
  readonly CHANNELS_TABLE?: string;
}

const AGENTS_BY_STATUS = 'userId-status-index';
const AGENTS_IN_ORDER = 'userId-list-index';

/** Agents in DynamoDB. */
export const dynamoAgentStore = (env: AgentStoreEnv, client: DynamoDBDocumentClient = documentClient()): AgentStore => {
  const { find } = dynamoAgentReader(env, client);
  const write = writeAgent(env, client, find);
  return {
    find,
    list: listAgents(env, client),
    create: createAgentRows(env, client),
    transition: (key, name, change, options) => {
      const { from } = AGENT_TRANSITIONS[name];
      const changes = [...statusChanges(name, key), ...agentChanges(change)];
      return write(key, changes, [{ path: ['status'], in: from }], options);
    },
    control: (key, action, change, options) => {
      const { from, to } = AGENT_TRANSITIONS[action];
      const rest = [
        { path: ['restsIn'], value: to },
        { path: ['restsInKey'], value: statusKey(to, key) },
      ];
      const conditions: Condition[] = [
        { path: ['status'], equals: 'updating' },
        { path: ['restsIn'], in: from },
      ];
      return write(key, [...rest, ...agentChanges(change)], conditions, options);
    },
    update: (key, change, options) =>
      write(key, agentChanges(change), [{ path: ['status'], in: NOT_DELETING }], options),
    recordStep: (key, run, step, { now, during = UNDER_WAY, runStatus }) => {
      const conditions: Condition[] = [
        { path: ['status'], in: during },
        ...(runStatus === undefined ? [] : [{ path: ['provisioning', 'status'], equals: runStatus }]),
      ];
      const changes = [{ path: ['provisioning', 'steps', step.step], value: step }];
      return write(key, changes, conditions, { now, guard: { run } });
    },
    remove: removeAgentRows(env, client),
  };
};

const NOT_DELETING: readonly AgentStatus[] = ['creating', 'active', 'paused', 'stopped', 'updating', 'failed'];
const UNDER_WAY: readonly AgentStatus[] = ['creating', 'updating'];

const statusKey = (status: AgentStatus, { agentId }: Pick<AgentKey, 'agentId'>): string => `${status}#${agentId}`;

/**
 * An update keeps where it began, a run that ends returns there: both within the write itself, so that pausing while a
 * run is under way is never lost to its end.
 */
const statusChanges = (name: AgentTransition, key: AgentKey): AttributeChange[] => {
  const { to } = AGENT_TRANSITIONS[name];
  const forget = name === 'rebuild' || returnsToRest(name) ? [['restsIn'], ['restsInKey']] : [];
  return [
    { path: ['status'], value: to, ...(returnsToRest(name) ? { unless: ['restsIn'] } : {}) },
    { path: ['statusKey'], value: statusKey(to, key), ...(returnsToRest(name) ? { unless: ['restsInKey'] } : {}) },
    ...(name === 'update' ? [copied('restsIn', 'status'), copied('restsInKey', 'statusKey')] : []),
    ...forget.map((path) => ({ path, value: null })),
  ];
};

const copied = (to: string, from: string): AttributeChange => ({ path: [to], copy: [from] });

const rowOf = (agent: Agent) => ({ ...agent, listKey: agent.agentId, statusKey: statusKey(agent.status, agent) });

const listAgents =
  ({ AGENTS_TABLE }: AgentStoreEnv, client: DynamoDBDocumentClient): AgentStore['list'] =>
  async ({ userId, status, limit, after }) => {
    const page = await client.send(
      new QueryCommand({
        TableName: AGENTS_TABLE,
        ...(status === undefined ? inOrder(userId) : withStatus(userId, status)),
        ScanIndexForward: false,
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: startKey({ userId, agentId: after }, status) }),
      }),
    );
    const last = page.LastEvaluatedKey?.agentId as Agent['agentId'] | undefined;
    const agents = (page.Items ?? []).map((row) => agentOf(row) as unknown as AgentSummary);
    return { agents, ...(last === undefined ? {} : { last }) };
  };

const inOrder = (userId: string) => ({
  IndexName: AGENTS_IN_ORDER,
  KeyConditionExpression: 'userId = :userId',
  ExpressionAttributeValues: { ':userId': userId },
});

const withStatus = (userId: string, status: AgentStatus) => ({
  IndexName: AGENTS_BY_STATUS,
  KeyConditionExpression: 'userId = :userId AND begins_with(statusKey, :status)',
  ExpressionAttributeValues: { ':userId': userId, ':status': `${status}#` },
});

const startKey = (key: AgentKey, status: AgentStatus | undefined) => ({
  ...key,
  ...(status === undefined ? { listKey: key.agentId } : { statusKey: statusKey(status, key) }),
});

const createAgentRows =
  (env: AgentStoreEnv, client: DynamoDBDocumentClient): AgentStore['create'] =>
  async (agent, knowledgeBase, channels = []) => {
    const puts = [
      ...channels.map((channel) => ({ Put: { TableName: env.CHANNELS_TABLE, Item: channelRow(channel) } })),
      {
        Put: { TableName: env.AGENTS_TABLE, Item: rowOf(agent), ConditionExpression: 'attribute_not_exists(agentId)' },
      },
      {
        Put: {
          TableName: env.KNOWLEDGE_BASES_TABLE,
          Item: knowledgeBase,
          ConditionExpression: 'attribute_not_exists(knowledgeBaseId)',
        },
      },
    ];
    try {
      await client.send(new TransactWriteCommand({ TransactItems: puts }));
      return true;
    } catch (error) {
      if (isTransactionConditionFailure(error)) return false;
      throw error;
    }
  };

const removeAgentRows =
  (env: AgentStoreEnv, client: DynamoDBDocumentClient): AgentStore['remove'] =>
  async ({ userId, agentId }, knowledgeBaseId, channels = []) => {
    const deletes = [
      ...channels.map((channel) => ({ Delete: { TableName: env.CHANNELS_TABLE, Key: channelRowKey(channel) } })),
      { Delete: { TableName: env.AGENTS_TABLE, Key: { userId, agentId } } },
      { Delete: { TableName: env.KNOWLEDGE_BASES_TABLE, Key: { knowledgeBaseId } } },
    ];
    await client.send(new TransactWriteCommand({ TransactItems: deletes }));
  };

/** Every write of an existing agent: guarded, counted in `revision`, alone or together with its knowledge base. */
const writeAgent =
  (env: AgentStoreEnv, client: DynamoDBDocumentClient, find: AgentStore['find']) =>
  async (
    key: AgentKey,
    changes: readonly AttributeChange[],
    conditions: readonly Condition[],
    options: WriteOptions,
  ): Promise<Written> => {
    const parts = updateParts(
      [...changes, { path: ['updatedAt'], value: options.now }],
      [...conditions, ...guards(options.guard)],
      { revision: 1 },
    );
    const update = { TableName: env.AGENTS_TABLE, Key: { userId: key.userId, agentId: key.agentId }, ...parts };
    return options.knowledge === undefined
      ? writeAlone(client, update)
      : writeWithKnowledge(env, client, update, options, () => find(key));
  };

type AgentUpdate = UpdateParts & { readonly TableName: string; readonly Key: Record<string, unknown> };

const writeAlone = async (client: DynamoDBDocumentClient, update: AgentUpdate): Promise<Written> => {
  const command = new UpdateCommand({ ...update, ReturnValues: 'ALL_NEW' });
  try {
    const { Attributes } = await client.send(command);
    return { written: true, agent: agentOf(Attributes) as Agent };
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
  const { Item } = await client.send(
    new GetCommand({ TableName: update.TableName, Key: update.Key, ConsistentRead: true }),
  );
  return { written: false, current: agentOf(Item) };
};

const writeWithKnowledge = async (
  env: AgentStoreEnv,
  client: DynamoDBDocumentClient,
  update: AgentUpdate,
  { knowledge, now }: WriteOptions,
  read: () => Promise<Agent | undefined>,
): Promise<Written> => {
  if (knowledge === undefined) return writeAlone(client, update);
  const knowledgeUpdate = {
    TableName: env.KNOWLEDGE_BASES_TABLE,
    Key: { knowledgeBaseId: knowledge.knowledgeBaseId },
    ...knowledgeBaseUpdate(knowledge.change, now),
  };
  try {
    const TransactItems = [{ Update: update }, { Update: knowledgeUpdate }];
    await client.send(new TransactWriteCommand({ TransactItems }));
  } catch (error) {
    if (!isTransactionConditionFailure(error)) throw error;
    return { written: false, current: await read() };
  }
  const agent = await read();
  return agent === undefined ? { written: false, current: undefined } : { written: true, agent };
};

const guards = (guard: AgentGuard = {}): Condition[] => [
  ...(guard.revision === undefined ? [] : [{ path: ['revision'], equals: guard.revision }]),
  ...(guard.run === undefined ? [] : [{ path: ['provisioning', 'run'], equals: guard.run }]),
  ...(guard.runStatus === undefined ? [] : [{ path: ['provisioning', 'status'], equals: guard.runStatus }]),
];

const agentChanges = ({ provisioning, ...attributes }: AgentChange): AttributeChange[] => [
  ...Object.entries(attributes).map(([name, value]) => ({ path: [name], value })),
  ...Object.entries(provisioning ?? {}).map(([name, value]) => ({ path: ['provisioning', name], value })),
];
