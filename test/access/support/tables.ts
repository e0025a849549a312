import { setTimeout } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { makeDynamoDb } from '../../../local/services/dynamodb/index.ts';
import { makeSecretsManager } from '../../../local/services/secretsmanager/index.ts';
import type { Agent } from '../../../shared/agents/agent.ts';
import { startAiCloud } from '../../local/support/ai-cloud.ts';

export const TABLES = {
  AGENTS_TABLE: 'agents',
  API_KEYS_TABLE: 'api-keys',
  VOICE_SESSIONS_TABLE: 'voice-sessions',
  CALLS_TABLE: 'calls',
  CONVERSATIONS_TABLE: 'conversations',
  CUSTOMERS_TABLE: 'customers',
  CHANNELS_TABLE: 'channels',
  PHONE_NUMBERS_TABLE: 'phone-numbers',
  STATISTICS_TABLE: 'statistics',
  RATE_LIMITS_TABLE: 'rate-limits',
} as const;

interface Shape {
  readonly keys: readonly string[];
  readonly numbers?: readonly string[];
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
}

const SHAPES: Readonly<Record<keyof typeof TABLES, Shape>> = {
  AGENTS_TABLE: {
    keys: ['userId', 'agentId'],
    indexes: { 'userId-status-index': ['userId', 'statusKey'], 'userId-list-index': ['userId', 'listKey'] },
  },
  API_KEYS_TABLE: { keys: ['keyHash'], indexes: { 'agent-index': ['agentKey', 'keyId'] } },
  VOICE_SESSIONS_TABLE: { keys: ['sessionKey'] },
  CALLS_TABLE: {
    keys: ['userId', 'callId'],
    indexes: {
      'agent-index': ['agentKey', 'callId'],
      'status-index': ['statusKey', 'callId'],
      'agent-status-index': ['agentStatusKey', 'callId'],
    },
  },
  CONVERSATIONS_TABLE: { keys: ['conversationKey', 'turn'], numbers: ['turn'] },
  CUSTOMERS_TABLE: { keys: ['agentKey', 'item'], indexes: { 'customer-index': ['userId', 'customerId'] } },
  CHANNELS_TABLE: { keys: ['agentKey', 'channelType'], indexes: { 'agent-index': ['userId', 'agentKey'] } },
  PHONE_NUMBERS_TABLE: {
    keys: ['phoneNumber'],
    indexes: { 'userId-index': ['userId', 'phoneNumber'], 'agent-index': ['userId', 'agentId'] },
  },
  RATE_LIMITS_TABLE: { keys: ['bucketKey'] },
  STATISTICS_TABLE: { keys: ['scopeKey', 'period'], indexes: { 'day-index': ['dayKey', 'agentId'] } },
};

const schemaOf = (keys: readonly string[]) =>
  keys.map((AttributeName, index) => ({
    AttributeName,
    KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
  }));

/** Sleeps as long as it is told: tables look for what has expired in a loop. */
const CLOCK = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => setTimeout(ms, undefined, { ref: false, signal }),
};

/** The product's own adapters meet the embedded DynamoDB and Secrets Manager, with tables shaped as those of the template. */
export const startTables = async () => {
  const cloud = await startAiCloud((context) => [makeDynamoDb(context), makeSecretsManager(context)], CLOCK);
  const plain = new DynamoDBClient(cloud.settings);
  for (const [variable, shape] of Object.entries(SHAPES))
    await plain.send(tableOf(variable as keyof typeof TABLES, shape));
  const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
  return {
    client,
    settings: cloud.settings,
    putAgent: (agent: Partial<Agent>) => client.send(new PutCommand({ TableName: TABLES.AGENTS_TABLE, Item: agent })),
    stop: async () => {
      client.destroy();
      await cloud.stop();
    },
  };
};

const tableOf = (variable: keyof typeof TABLES, { keys, numbers = [], indexes = {} }: Shape): CreateTableCommand => {
  const names = [...new Set([...keys, ...Object.values(indexes).flat()])];
  const AttributeDefinitions = names.map((AttributeName): AttributeDefinition => {
    return { AttributeName, AttributeType: numbers.includes(AttributeName) ? 'N' : 'S' };
  });
  const GlobalSecondaryIndexes = Object.entries(indexes).map(([IndexName, indexKeys]): GlobalSecondaryIndex => {
    return { IndexName, KeySchema: schemaOf(indexKeys), Projection: { ProjectionType: 'ALL' } };
  });
  return new CreateTableCommand({
    TableName: TABLES[variable],
    KeySchema: schemaOf(keys),
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes.length > 0 ? { GlobalSecondaryIndexes } : {}),
  });
};

/** An agent that serves, as its row has it. */
export const servingAgent = (agentId: string, changes: Partial<Agent> = {}): Agent =>
  ({
    userId: 'ann',
    agentId,
    agentName: 'Shop',
    agentType: 'both',
    status: 'active',
    sop: '1. Greet.',
    knowledgeBaseId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b99',
    knowledgeBaseDescription: '',
    humanHandoffDescription: '',
    version: 1,
    activeVersion: 1,
    runtime: {
      agentRuntimeId: 'o_dev_1-abcdefghij',
      agentRuntimeArn: 'arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/o_dev_1-abcdefghij',
      agentRuntimeVersion: '1',
      endpointName: 'live',
      roleName: 'role',
    },
    provisioning: { run: 1, version: 1, status: 'succeeded', steps: {} },
    revision: 7,
    createdAt: 1,
    updatedAt: 1,
    ...changes,
  }) as Agent;
