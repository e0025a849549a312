import type * as client from '@aws-sdk/client-s3vectors';
import type { Handlers } from '../../core/schema-service.ts';
import { page, required, validation } from '../bedrock/common.ts';
import { matchesFilter } from './metadata-filter.ts';
import type { DistanceMetric, Vector, VectorIndex, VectorStore } from './vector-store.ts';

type S3VectorsHandlers = Handlers<typeof client>;

interface IndexReference {
  readonly vectorBucketName?: string | undefined;
  readonly vectorBucketArn?: string | undefined;
  readonly indexName?: string | undefined;
  readonly indexArn?: string | undefined;
}

/** ARN of the index a request speaks of, by ARN or by names. Throws `ValidationException`. */
export const indexArnOf = (store: VectorStore, input: IndexReference): string =>
  input.indexArn ?? store.indexArn(bucketNameOf(input), required(input.indexName, 'indexName'));

/** Throws `ValidationException` when a request names no vector bucket. */
export const bucketNameOf = (input: IndexReference): string =>
  required(input.vectorBucketName ?? input.vectorBucketArn?.split('/').at(-1), 'vectorBucketName');

/** The served operations of S3 Vectors. */
export const s3VectorsOperations = (store: VectorStore): S3VectorsHandlers => ({
  ...bucketOperations(store),
  ...indexOperations(store),
  ...vectorOperations(store),
});

const bucketOperations = (store: VectorStore): S3VectorsHandlers => ({
  CreateVectorBucket: (input) => ({
    vectorBucketArn: store.createBucket(required(input.vectorBucketName, 'vectorBucketName')).arn,
  }),
  GetVectorBucket: (input) => {
    const { name, arn, createdAt } = store.bucket(bucketNameOf(input));
    return {
      vectorBucket: {
        vectorBucketName: name,
        vectorBucketArn: arn,
        creationTime: new Date(createdAt),
        encryptionConfiguration: { sseType: 'AES256' },
      },
    };
  },
  ListVectorBuckets: (input) => {
    const named = store.buckets().filter(({ name }) => name.startsWith(input.prefix ?? ''));
    const { items, nextToken } = page(named, input);
    const vectorBuckets = items.map(({ name, arn, createdAt }) => ({
      vectorBucketName: name,
      vectorBucketArn: arn,
      creationTime: new Date(createdAt),
    }));
    return { vectorBuckets, nextToken };
  },
  DeleteVectorBucket: (input) => {
    store.deleteBucket(bucketNameOf(input));
    return {};
  },
});

const indexOperations = (store: VectorStore): S3VectorsHandlers => ({
  CreateIndex: (input) => {
    if (input.dataType !== 'float32') throw validation('The data type must be float32');
    const index = store.createIndex({
      bucketName: bucketNameOf(input),
      name: required(input.indexName, 'indexName'),
      dimension: required(input.dimension, 'dimension'),
      distanceMetric: required(input.distanceMetric, 'distanceMetric') as DistanceMetric,
      nonFilterableMetadataKeys: input.metadataConfiguration?.nonFilterableMetadataKeys ?? [],
    });
    return { indexArn: index.arn };
  },
  GetIndex: (input) => ({ index: describeIndex(store.index(indexArnOf(store, input))) }),
  ListIndexes: (input) => {
    const bucket = store.bucket(bucketNameOf(input));
    const named = store.indexes(bucket.name).filter(({ name }) => name.startsWith(input.prefix ?? ''));
    const { items, nextToken } = page(named, input);
    const indexes = items.map((index) => ({
      vectorBucketName: index.bucketName,
      indexName: index.name,
      indexArn: index.arn,
      creationTime: new Date(index.createdAt),
    }));
    return { indexes, nextToken };
  },
  DeleteIndex: (input) => {
    store.deleteIndex(indexArnOf(store, input));
    return {};
  },
});

const vectorOperations = (store: VectorStore): S3VectorsHandlers => ({
  PutVectors: (input) => {
    const vectors = required(input.vectors, 'vectors').map((vector) => ({
      key: required(vector.key, 'key'),
      data: Float32Array.from(vector.data?.float32 ?? []),
      metadata: (vector.metadata ?? {}) as Vector['metadata'],
    }));
    store.put(indexArnOf(store, input), vectors);
    return {};
  },
  GetVectors: (input) => {
    const vectors = store.vectors(indexArnOf(store, input)).filter(({ key }) => input.keys?.includes(key));
    return { vectors: vectors.map((vector) => describeVector(vector, input)) };
  },
  ListVectors: (input) => {
    const { items, nextToken } = page(store.vectors(indexArnOf(store, input)), { maxResults: 500, ...input });
    return { vectors: items.map((vector) => describeVector(vector, input)), nextToken };
  },
  DeleteVectors: (input) => {
    store.delete(indexArnOf(store, input), required(input.keys, 'keys'));
    return {};
  },
  QueryVectors: (input) => {
    const index = store.index(indexArnOf(store, input));
    const query = Float32Array.from(input.queryVector?.float32 ?? []);
    if (query.length !== index.dimension) throw validation(`Query vector must have length ${index.dimension}`);
    const found = store
      .vectors(index.arn)
      .filter(({ metadata }) => input.filter === undefined || matchesFilter(input.filter, metadata))
      .map((vector) => ({ vector, distance: distance(index.distanceMetric, query, vector.data) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, required(input.topK, 'topK'));
    return {
      distanceMetric: index.distanceMetric,
      vectors: found.map(({ vector, distance }) => ({
        key: vector.key,
        distance: input.returnDistance ? distance : undefined,
        metadata: input.returnMetadata ? ({ ...vector.metadata } as Record<string, string>) : undefined,
      })),
    };
  },
});

const describeIndex = (index: VectorIndex) => ({
  vectorBucketName: index.bucketName,
  indexName: index.name,
  indexArn: index.arn,
  creationTime: new Date(index.createdAt),
  dataType: 'float32' as const,
  dimension: index.dimension,
  distanceMetric: index.distanceMetric,
  metadataConfiguration:
    index.nonFilterableMetadataKeys.length === 0
      ? undefined
      : { nonFilterableMetadataKeys: [...index.nonFilterableMetadataKeys] },
});

const describeVector = (
  vector: Vector,
  wanted: { returnData?: boolean | undefined; returnMetadata?: boolean | undefined },
) => ({
  key: vector.key,
  data: wanted.returnData ? { float32: [...vector.data] } : undefined,
  metadata: wanted.returnMetadata ? ({ ...vector.metadata } as Record<string, string>) : undefined,
});

const distance = (metric: DistanceMetric, a: Float32Array, b: Float32Array): number =>
  metric === 'cosine' ? 1 - cosineSimilarity(a, b) : Math.hypot(...a.map((value, at) => value - (b[at] ?? 0)));

/** 1 for the same direction, 0 when either is all zero. */
export const cosineSimilarity = (a: Float32Array, b: Float32Array): number => {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let at = 0; at < a.length; at += 1) {
    const valueA = a[at] ?? 0;
    const valueB = b[at] ?? 0;
    product += valueA * valueB;
    squareA += valueA * valueA;
    squareB += valueB * valueB;
  }
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
};
