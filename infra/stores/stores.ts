import { Duration } from 'aws-cdk-lib';
import { type GlobalSecondaryIndexProps, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AGENT_SUMMARY_ATTRIBUTES } from '../../shared/agents/agent-store.ts';
import { RECORDING_RETENTION_DAYS, RECORDING_RETENTION_TAG } from '../../shared/voice/relay/recording-retention.ts';
import type { StageConfig } from '../config.ts';
import { acknowledge } from '../kernel/acknowledge.ts';
import { PrivateBucket } from '../kernel/private-bucket.ts';
import { numberKey, stringKey, Table } from '../kernel/table.ts';

const summaryIndex = (indexName: string, sortKey: string) => ({
  indexName,
  partitionKey: stringKey('userId'),
  sortKey: stringKey(sortKey),
  projectionType: ProjectionType.INCLUDE,
  nonKeyAttributes: [...AGENT_SUMMARY_ATTRIBUTES],
});

/** What a tenant has in the order of its agents: a page of them is one range. */
const agentIndex = (
  sortKey: string,
  projection: Pick<GlobalSecondaryIndexProps, 'projectionType' | 'nonKeyAttributes'>,
): GlobalSecondaryIndexProps => ({
  indexName: 'agent-index',
  partitionKey: stringKey('userId'),
  sortKey: stringKey(sortKey),
  ...projection,
});

/** Calls in the order of their beginning, by something they share. */
const callIndex = (indexName: string, partitionKey: string) => ({
  indexName,
  partitionKey: stringKey(partitionKey),
  sortKey: stringKey('callId'),
});

/** Everything that outlives a deployment of the code: rows and objects. Keys are those of ARCHITECTURE.md. */
export class Stores extends Construct {
  readonly agents: Table;
  readonly knowledgeBases: Table;
  readonly conversations: Table;
  readonly idempotency: Table;
  readonly voiceSessions: Table;
  readonly calls: Table;
  readonly apiKeys: Table;
  readonly phoneNumbers: Table;
  /** What agents did, by hour and day. */
  readonly statistics: Table;
  readonly channels: Table;
  readonly customers: Table;
  readonly knowledge: PrivateBucket;
  /** Calls as sound: `{userId}/{agentId}/{callId}.wav`. */
  readonly recordings: PrivateBucket;
  readonly code: PrivateBucket;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    this.agents = new Table(this, 'Agents', {
      config,
      name: 'agents',
      variable: 'AGENTS_TABLE',
      partitionKey: stringKey('userId'),
      sortKey: stringKey('agentId'),
      indexes: [summaryIndex('userId-status-index', 'statusKey'), summaryIndex('userId-list-index', 'listKey')],
    });
    this.knowledgeBases = new Table(this, 'KnowledgeBases', {
      config,
      name: 'knowledgebases',
      variable: 'KNOWLEDGE_BASES_TABLE',
      partitionKey: stringKey('knowledgeBaseId'),
      indexes: [
        { indexName: 'userId-index', partitionKey: stringKey('userId'), sortKey: stringKey('knowledgeBaseId') },
      ],
    });
    this.conversations = new Table(this, 'Conversations', {
      config,
      name: 'conversations',
      variable: 'CONVERSATIONS_TABLE',
      partitionKey: stringKey('conversationKey'),
      sortKey: numberKey('turn'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.idempotency = new Table(this, 'Idempotency', {
      config,
      name: 'idempotency',
      variable: 'IDEMPOTENCY_TABLE',
      partitionKey: stringKey('idempotencyKey'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.voiceSessions = new Table(this, 'VoiceSessions', {
      config,
      name: 'voice-sessions',
      variable: 'VOICE_SESSIONS_TABLE',
      partitionKey: stringKey('sessionKey'),
      timeToLiveAttribute: 'expiresAt',
    });
    this.calls = new Table(this, 'Calls', {
      config,
      name: 'calls',
      variable: 'CALLS_TABLE',
      partitionKey: stringKey('userId'),
      sortKey: stringKey('callId'),
      timeToLiveAttribute: 'expiresAt',
      indexes: [
        callIndex('agent-index', 'agentKey'),
        callIndex('status-index', 'statusKey'),
        callIndex('agent-status-index', 'agentStatusKey'),
        {
          indexName: 'callSid-index',
          partitionKey: stringKey('callSid'),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.apiKeys = new Table(this, 'ApiKeys', {
      config,
      name: 'api-keys',
      variable: 'API_KEYS_TABLE',
      partitionKey: stringKey('keyHash'),
      timeToLiveAttribute: 'expiresAt',
      indexes: [{ indexName: 'agent-index', partitionKey: stringKey('agentKey'), sortKey: stringKey('keyId') }],
    });
    this.phoneNumbers = new Table(this, 'PhoneNumbers', {
      config,
      name: 'phone-numbers',
      variable: 'PHONE_NUMBERS_TABLE',
      partitionKey: stringKey('phoneNumber'),
      indexes: [
        { indexName: 'userId-index', partitionKey: stringKey('userId'), sortKey: stringKey('phoneNumber') },
        agentIndex('agentId', { projectionType: ProjectionType.KEYS_ONLY }),
      ],
    });
    this.statistics = statisticsTable(this, config);
    this.channels = channelsTable(this, config);
    this.customers = new Table(this, 'Customers', {
      config,
      name: 'customers',
      variable: 'CUSTOMERS_TABLE',
      partitionKey: stringKey('agentKey'),
      sortKey: stringKey('item'),
      timeToLiveAttribute: 'expiresAt',
      indexes: [
        {
          indexName: 'customer-index',
          partitionKey: stringKey('userId'),
          sortKey: stringKey('customerId'),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.knowledge = new PrivateBucket(this, 'Knowledge', {
      config,
      variable: 'KNOWLEDGE_BUCKET',
      publishesEvents: true,
      cors: UPLOAD_CORS,
    });
    this.code = new PrivateBucket(this, 'Code', { config, variable: 'CODE_BUCKET' });
    this.recordings = new PrivateBucket(this, 'Recordings', {
      config,
      variable: 'RECORDINGS_BUCKET',
      expiries: RECORDING_RETENTION_DAYS.map((days) => ({
        id: `kept-${days}-days`,
        tagFilters: { [RECORDING_RETENTION_TAG]: String(days) },
        expiration: Duration.days(days),
      })),
    });
    explainLogs([this.knowledge, this.code, this.recordings]);
  }
}

const channelsTable = (scope: Construct, config: StageConfig): Table =>
  new Table(scope, 'Channels', {
    config,
    name: 'channels',
    variable: 'CHANNELS_TABLE',
    partitionKey: stringKey('agentKey'),
    sortKey: stringKey('channelType'),
    indexes: [
      { indexName: 'userId-index', partitionKey: stringKey('userId'), sortKey: stringKey('channelType') },
      agentIndex('agentKey', { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: ['status', 'resources'] }),
    ],
  });

const statisticsTable = (scope: Construct, config: StageConfig): Table =>
  new Table(scope, 'Statistics', {
    config,
    name: 'statistics',
    variable: 'STATISTICS_TABLE',
    partitionKey: stringKey('scopeKey'),
    sortKey: stringKey('period'),
    timeToLiveAttribute: 'expiresAt',
    indexes: [{ indexName: 'day-index', partitionKey: stringKey('dayKey'), sortKey: stringKey('agentId') }],
  });

const explainLogs = (buckets: readonly PrivateBucket[]): void => {
  for (const { bucket } of buckets) {
    acknowledge(
      bucket,
      'S1',
      'Only our own functions and roles can reach the bucket, and CloudTrail data events name each of them; server access logs would add a bucket of tenant file names to guard.',
    );
  }
};

/**
 * Browsers post presigned forms from the dashboard, whose address is made after the bucket, and from pages of tenants.
 * The form itself is the permission; no cookie goes with it (docs/adr/0050-the-dashboard-has-one-origin.md).
 */
const UPLOAD_CORS = [
  { allowedMethods: [HttpMethods.POST], allowedOrigins: ['*'], allowedHeaders: ['*'], maxAge: 3600 },
];
