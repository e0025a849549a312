import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  DeleteIndexCommand,
  DeleteVectorBucketCommand,
  DeleteVectorsCommand,
  GetIndexCommand,
  ListIndexesCommand,
  ListVectorsCommand,
  PutVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeS3Vectors } from '../../../local/services/s3vectors/index.ts';
import { failureOf, startAiCloud } from '../support/ai-cloud.ts';

let cloud: Awaited<ReturnType<typeof startAiCloud>>;
let vectors: S3VectorsClient;
const at = { vectorBucketName: 'passages', indexName: 'agent-1' };
beforeEach(async () => {
  cloud = await startAiCloud((context) => [makeS3Vectors(context)]);
  vectors = new S3VectorsClient(cloud.settings);
  await vectors.send(new CreateVectorBucketCommand({ vectorBucketName: 'passages' }));
  await vectors.send(
    new CreateIndexCommand({
      ...at,
      dataType: 'float32',
      dimension: 2,
      distanceMetric: 'cosine',
      metadataConfiguration: { nonFilterableMetadataKeys: ['text'] },
    }),
  );
});
afterEach(() => cloud.stop());

const put = (key: string, float32: number[], metadata = {}) =>
  vectors.send(new PutVectorsCommand({ ...at, vectors: [{ key, data: { float32 }, metadata }] }));

test('the nearest vectors that satisfy a filter are found, nearest first', async () => {
  await put('east', [1, 0], { side: 'right', rank: 1 });
  await put('north', [0, 1], { side: 'top', rank: 2 });
  await put('north-east', [1, 1], { side: 'right', rank: 3 });
  const query = { ...at, topK: 5, queryVector: { float32: [1, 0.1] }, returnMetadata: true };
  const all = await vectors.send(new QueryVectorsCommand(query));
  const filter = { $and: [{ side: { $in: ['right'] } }, { rank: { $gt: 1 } }] };
  const filtered = await vectors.send(new QueryVectorsCommand({ ...query, filter }));
  expect({
    all: all.vectors?.map(({ key }) => key),
    filtered: filtered.vectors,
  }).toEqual({
    all: ['east', 'north-east', 'north'],
    filtered: [{ key: 'north-east', metadata: { side: 'right', rank: 3 } }],
  });
});

test('limits of the real service hold: dimension, filterable metadata, zero vectors', async () => {
  const long = 'x'.repeat(3000);
  await put('long-text', [1, 0], { text: long });
  expect([
    await failureOf(put('flat', [1])),
    await failureOf(put('long-filterable', [1, 0], { other: long })),
    await failureOf(put('zero', [0, 0])),
  ]).toEqual(Array.from({ length: 3 }, () => ({ name: 'ValidationException', status: 400 })));
});

test('a deleted index takes its vectors along, and a bucket goes only when it is empty', async () => {
  await put('a', [1, 0]);
  await put('b', [0, 1]);
  await vectors.send(new DeleteVectorsCommand({ ...at, keys: ['a'] }));
  const left = await vectors.send(new ListVectorsCommand(at));
  const whileFull = await failureOf(vectors.send(new DeleteVectorBucketCommand({ vectorBucketName: 'passages' })));
  const again = await failureOf(
    vectors.send(new CreateIndexCommand({ ...at, dataType: 'float32', dimension: 2, distanceMetric: 'cosine' })),
  );
  await vectors.send(new DeleteIndexCommand(at));
  const { indexes } = await vectors.send(new ListIndexesCommand({ vectorBucketName: 'passages' }));
  expect({
    left: left.vectors?.map(({ key }) => key),
    whileFull,
    again,
    indexes,
    gone: await failureOf(vectors.send(new GetIndexCommand(at))),
    inventory: await cloud.services[1]?.inventory?.(),
  }).toEqual({
    left: ['b'],
    whileFull: { name: 'ConflictException', status: 409 },
    again: { name: 'ConflictException', status: 409 },
    indexes: [],
    gone: { name: 'NotFoundException', status: 404 },
    inventory: ['arn:aws:s3vectors:us-east-1:111122223333:bucket/passages'],
  });
});
