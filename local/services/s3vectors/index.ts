import * as client from '@aws-sdk/client-s3vectors';
import { defineSchemaService } from '../../core/schema-service.ts';
import type { AwsService, CloudContext, DeclaredResource, Need, ResourceProvider } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import { bucketNameOf, indexArnOf, s3VectorsOperations } from './operations.ts';
import { type DistanceMetric, type VectorStore, vectorStoreOf } from './vector-store.ts';

type AnyInput = Parameters<typeof indexArnOf>[1];

/** S3 Vectors: vector buckets, indexes, vectors with metadata, exact nearest-neighbour queries. */
export const makeS3Vectors = (context: CloudContext): AwsService => {
  const store = vectorStoreOf(context);
  return {
    ...defineSchemaService({
      name: 's3vectors',
      signingName: 's3vectors',
      client,
      operations: s3VectorsOperations(store),
      needs: (operation, input) => s3VectorsNeeds(store, context, operation, input),
      resources: providers(store),
    }),
    inventory: async () => [
      ...store.buckets().map(({ arn }) => arn),
      ...store.indexes().flatMap(({ arn }) => [arn, ...store.vectors(arn).map(({ key }) => `${arn}/vector/${key}`)]),
    ],
  };
};

const s3VectorsNeeds = (store: VectorStore, context: CloudContext, operation: string, input: AnyInput): Need[] => {
  const action = `s3vectors:${operation}`;
  if (operation === 'ListVectorBuckets') return [{ action, resource: '*' }];
  const bucketOperation = operation.endsWith('VectorBucket') || operation === 'ListIndexes';
  if (!bucketOperation) return [{ action, resource: indexArnOf(store, input) }];
  const account = `${context.region}:${context.accountId}`;
  return [{ action, resource: `arn:aws:s3vectors:${account}:bucket/${bucketNameOf(input)}` }];
};

const providers = (store: VectorStore): ResourceProvider[] => [
  { type: 'AWS::S3Vectors::VectorBucket', ensure: async (resource) => ensureBucket(store, resource) },
  { type: 'AWS::S3Vectors::Index', ensure: async (resource) => ensureIndex(store, resource) },
];

const ensureBucket = (store: VectorStore, { properties, physicalName }: DeclaredResource) => {
  const name = requireText(properties.VectorBucketName ?? bucketSafe(physicalName), 'VectorBucketName');
  const bucket = store.buckets().find((known) => known.name === name) ?? store.createBucket(name);
  const attributes = { VectorBucketArn: bucket.arn, CreationTime: new Date(bucket.createdAt).toISOString() };
  return { ref: bucket.arn, attributes };
};

const ensureIndex = (store: VectorStore, { properties, physicalName }: DeclaredResource) => {
  const declared = properties as {
    VectorBucketName?: string;
    VectorBucketArn?: string;
    IndexName?: string;
    Dimension?: number;
    DistanceMetric?: string;
    MetadataConfiguration?: { NonFilterableMetadataKeys?: string[] };
  };
  const bucketName = declared.VectorBucketName ?? declared.VectorBucketArn?.split('/').at(-1) ?? '';
  const name = declared.IndexName ?? bucketSafe(physicalName);
  const known = store.indexes(bucketName).find((index) => index.name === name);
  const index =
    known ??
    store.createIndex({
      bucketName,
      name,
      dimension: Number(declared.Dimension),
      distanceMetric: declared.DistanceMetric as DistanceMetric,
      nonFilterableMetadataKeys: declared.MetadataConfiguration?.NonFilterableMetadataKeys ?? [],
    });
  const attributes = { IndexArn: index.arn, CreationTime: new Date(index.createdAt).toISOString() };
  return { ref: index.arn, attributes };
};

/** Names of S3 Vectors are lower-case and at most 63 characters. */
const bucketSafe = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .slice(0, 63);
