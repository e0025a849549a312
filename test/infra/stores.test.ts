import { beforeAll, expect, test } from 'vitest';
import { RECORDING_RETENTION_DAYS, retentionClass } from '../../shared/voice/relay/recording-retention.ts';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';

let stage: Synthesized;

beforeAll(async () => {
  stage = await synthesized();
});

interface TableProperties {
  readonly TableName: string;
  readonly BillingMode: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly TimeToLiveSpecification?: { readonly AttributeName: string };
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly { readonly AttributeName: string }[];
    readonly Projection: { readonly ProjectionType: string };
  }[];
}

const keys = (schema: TableProperties['KeySchema']) => schema.map(({ AttributeName }) => AttributeName).join(', ');

test('the tables have the keys, indexes and expiries of ARCHITECTURE.md', () => {
  const tables = propertiesOf<TableProperties>('AWS::DynamoDB::Table', stage.data).map((table) => ({
    name: table.TableName,
    keys: keys(table.KeySchema),
    indexes: (table.GlobalSecondaryIndexes ?? []).map(
      (index) => `${index.IndexName}: ${keys(index.KeySchema)} (${index.Projection.ProjectionType})`,
    ),
    expires: table.TimeToLiveSpecification?.AttributeName,
    billing: table.BillingMode,
  }));
  const billing = 'PAY_PER_REQUEST';
  expect(tables).toEqual([
    {
      name: 'oratio-dev-agents',
      keys: 'userId, agentId',
      indexes: ['userId-status-index: userId, statusKey (INCLUDE)', 'userId-list-index: userId, listKey (INCLUDE)'],
      expires: undefined,
      billing,
    },
    {
      name: 'oratio-dev-knowledgebases',
      keys: 'knowledgeBaseId',
      indexes: ['userId-index: userId, knowledgeBaseId (ALL)'],
      expires: undefined,
      billing,
    },
    { name: 'oratio-dev-conversations', keys: 'conversationKey, turn', indexes: [], expires: 'expiresAt', billing },
    { name: 'oratio-dev-idempotency', keys: 'idempotencyKey', indexes: [], expires: 'expiresAt', billing },
    { name: 'oratio-dev-voice-sessions', keys: 'sessionKey', indexes: [], expires: 'expiresAt', billing },
    {
      name: 'oratio-dev-calls',
      keys: 'userId, callId',
      indexes: [
        'agent-index: agentKey, callId (ALL)',
        'status-index: statusKey, callId (ALL)',
        'agent-status-index: agentStatusKey, callId (ALL)',
        'callSid-index: callSid (KEYS_ONLY)',
      ],
      expires: 'expiresAt',
      billing,
    },
    {
      name: 'oratio-dev-api-keys',
      keys: 'keyHash',
      indexes: ['agent-index: agentKey, keyId (ALL)'],
      expires: 'expiresAt',
      billing,
    },
    {
      name: 'oratio-dev-phone-numbers',
      keys: 'phoneNumber',
      indexes: ['userId-index: userId, phoneNumber (ALL)', 'agent-index: userId, agentId (KEYS_ONLY)'],
      expires: undefined,
      billing,
    },
    {
      name: 'oratio-dev-statistics',
      keys: 'scopeKey, period',
      indexes: ['day-index: dayKey, agentId (ALL)'],
      expires: 'expiresAt',
      billing,
    },
    {
      name: 'oratio-dev-channels',
      keys: 'agentKey, channelType',
      indexes: ['userId-index: userId, channelType (ALL)', 'agent-index: userId, agentKey (INCLUDE)'],
      expires: undefined,
      billing,
    },
    {
      name: 'oratio-dev-customers',
      keys: 'agentKey, item',
      indexes: ['customer-index: userId, customerId (KEYS_ONLY)'],
      expires: 'expiresAt',
      billing,
    },
    { name: 'oratio-dev-rate-limits', keys: 'bucketKey', indexes: [], expires: 'expiresAt', billing },
  ]);
});

test('turns of a conversation are numbered, every other key is text', () => {
  const types = propertiesOf<TableProperties>('AWS::DynamoDB::Table', stage.data).flatMap(
    ({ AttributeDefinitions }) => AttributeDefinitions,
  );
  expect(types.filter(({ AttributeType }) => AttributeType !== 'S')).toEqual([
    { AttributeName: 'turn', AttributeType: 'N' },
  ]);
});

test('buckets are private, encrypted and owned by the account; only knowledge files make events', () => {
  const access = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };
  const common = {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: access,
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  };
  const [knowledge, recordings, code, ...others] = propertiesOf<object>('AWS::S3::Bucket', stage.data);
  expect(knowledge).toMatchObject({
    ...common,
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  });
  expect(code).toMatchObject(common);
  expect(code).not.toHaveProperty('NotificationConfiguration');
  expect(recordings).toMatchObject(common);
  expect(recordings).not.toHaveProperty('NotificationConfiguration');
  expect(others).toEqual([]);
});

test('a stage that retains its data keeps tables, buckets, vectors and users when its stack is deleted', async () => {
  const kept = await synthesized({ retainData: true });
  const policies = Object.entries(kept.data.Resources)
    .filter(([, { Type }]) => /Table$|S3::Bucket$|VectorBucket$|UserPool$/.test(Type))
    .map(([, resource]) => (resource as { DeletionPolicy?: string }).DeletionPolicy);
  expect(policies).toEqual(Array(17).fill('Retain'));
});

test('pages of any origin may post a form that was signed for them, and read nothing', () => {
  const rules = propertiesOf<{ CorsConfiguration?: { CorsRules: unknown } }>('AWS::S3::Bucket', stage.data);
  expect(rules.map(({ CorsConfiguration }) => CorsConfiguration?.CorsRules)).toEqual([
    [{ AllowedHeaders: ['*'], AllowedMethods: ['POST'], AllowedOrigins: ['*'], MaxAge: 3600 }],
    undefined,
    undefined,
  ]);
});

test('a recording is deleted at the age its tag says, and never kept longer than was agreed', async () => {
  const buckets = propertiesOf<{
    LifecycleConfiguration: { Rules: { ExpirationInDays?: number; TagFilters?: { Key: string; Value: string }[] }[] };
  }>('AWS::S3::Bucket', stage.data);
  // Of all buckets, only that of recordings has rules by tag.
  const rules = buckets.flatMap(({ LifecycleConfiguration }) =>
    LifecycleConfiguration.Rules.filter(({ TagFilters }) => TagFilters !== undefined),
  );
  expect(rules.map(({ ExpirationInDays }) => ExpirationInDays)).toEqual([...RECORDING_RETENTION_DAYS]);
  expect(rules.map(({ TagFilters }) => TagFilters)).toEqual(
    RECORDING_RETENTION_DAYS.map((days) => [{ Key: 'retentionDays', Value: String(days) }]),
  );
  const classes = Array.from({ length: 3650 }, (_, index) => retentionClass(index + 1));
  expect(classes.filter((days, index) => days > index + 1)).toEqual([]);
});
