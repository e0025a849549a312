import { beforeAll, expect, test } from 'vitest';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';

let stages: readonly Synthesized[];

beforeAll(async () => {
  stages = [await synthesized(), await synthesized({ knowledgeIsolation: 'shared' })];
});

/**
 * Types that cost nothing while nobody uses them, storage and keys apart. Whoever adds one looks up its price first:
 * a secret is $0.40 a month, a key of KMS $1, ten alarm metrics are free, and so are an instance of Amazon Connect, its flows, queues and
 * hours: what is paid is a number by the day, which an agent's channel claims, and use (AWS price pages, November 2026).
 */
const FREE_WHILE_IDLE = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Bedrock::DataSource',
  'AWS::Bedrock::KnowledgeBase',
  'AWS::BedrockAgentCore::Runtime',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::Cognito::ManagedLoginBranding',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Connect::ContactFlow',
  'AWS::Connect::HoursOfOperation',
  'AWS::Connect::Instance',
  'AWS::Connect::IntegrationAssociation',
  'AWS::Connect::Queue',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::S3Vectors::Index',
  'AWS::S3Vectors::VectorBucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
  'Custom::CDKBucketDeployment',
];

test('an idle stage has nothing that is paid by the hour', () => {
  const types = stages.flatMap(({ data, app }) =>
    [data, app].flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
  );
  expect([...new Set(types)].toSorted()).toEqual(FREE_WHILE_IDLE);
});

test('a stage claims no telephone number: only agents have them, as long as they have the channel', () => {
  const numbers = stages.flatMap(({ data, app }) => propertiesOf('AWS::Connect::PhoneNumber', data, app));
  expect(numbers).toEqual([]);
});

test('nothing of it is set to be provisioned', () => {
  for (const { data, app } of stages) {
    const text = JSON.stringify([data, app]);
    expect(text).not.toMatch(
      /ProvisionedThroughput|ProvisionedConcurrency|ReservedConcurrentExecutions|VpcConfig|ShardCount/,
    );
    expect(propertiesOf<{ BillingMode: string }>('AWS::DynamoDB::Table', data).map((t) => t.BillingMode)).toEqual(
      Array(12).fill('PAY_PER_REQUEST'),
    );
  }
});

test('one secret is kept, the key that signs cursors', () => {
  for (const { data, app } of stages) {
    expect(propertiesOf<{ Name: string }>('AWS::SecretsManager::Secret', data, app).map(({ Name }) => Name)).toEqual([
      'oratio-dev/cursor-key',
    ]);
  }
});

test('every log group forgets', () => {
  for (const { data, app } of stages) {
    const groups = propertiesOf<{ RetentionInDays?: number }>('AWS::Logs::LogGroup', data, app);
    expect(groups.filter(({ RetentionInDays }) => RetentionInDays !== 14)).toEqual([]);
    expect(groups.length).toBeGreaterThan(20);
  }
});
