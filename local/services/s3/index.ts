import { AwsError, type AwsService, type CloudContext } from '../../core/service.ts';
import { addressOf, operationOf } from './address.ts';
import { bucketOperations } from './bucket-operations.ts';
import { bucketProviders } from './bucket-resource.ts';
import { allowOrigin, preflight } from './cors.ts';
import { multipartOperations } from './multipart-operations.ts';
import { s3Needs } from './needs.ts';
import { type Operation, objectOperations } from './object-operations.ts';
import { type ObjectStore, openObjectStore } from './object-store.ts';
import { makeObjects } from './objects.ts';
import { postObject } from './post-object.ts';
import { sendError } from './respond.ts';

/** Operations that come without a signature: a form carries its own, a preflight needs none. */
const UNSIGNED = new Set(['PostObject', 'Preflight']);

/** S3: buckets, versions, tags, forms, uploads in parts. Bytes are files, the rest SQLite. */
export const makeS3 = (context: CloudContext): AwsService => {
  const store = openObjectStore(context.dataDir);
  const objects = makeObjects(context, store);
  const parts = { context, store, objects };
  const operations = new Map<string, Operation>([
    ...Object.entries(objectOperations(parts)),
    ...Object.entries(bucketOperations(parts)),
    ...Object.entries(multipartOperations(parts)),
    ['PostObject', (call) => postObject(parts, call)],
    ['Preflight', ({ request }) => preflight(request, objects.requireBucket(addressOf(request).bucket))],
  ]);
  return {
    name: 's3',
    signingName: 's3',
    claim: operationOf,
    unsigned: (operation) => UNSIGNED.has(operation),
    needs: (operation, request) => s3Needs(store, operation, request),
    handle: async (call) => {
      const perform = operations.get(call.operation);
      if (!perform) throw new AwsError('NotImplemented', `The embedded s3 does not serve ${call.operation}.`, 501);
      if (call.operation !== 'Preflight') allowOrigin(call.request, store.bucket(addressOf(call.request).bucket));
      await perform(call);
    },
    fail: (error, request) => {
      allowOrigin(request, store.bucket(addressOf(request).bucket));
      sendError(request, error);
    },
    resources: bucketProviders(context, store),
    inventory: async () => contentsOf(store),
    resume: objects.resume,
    close: async () => store.close(),
  };
};

const contentsOf = (store: ObjectStore): string[] =>
  store.buckets().flatMap(({ name }) => [
    `arn:aws:s3:::${name}`,
    ...store.versionsUnder(name, '').map(({ key, versionId }) => {
      const version = versionId === 'null' ? '' : `?versionId=${versionId}`;
      return `arn:aws:s3:::${name}/${key}${version}`;
    }),
    ...store.uploads(name).map(({ key, id }) => `arn:aws:s3:::${name}/${key}?uploadId=${id}`),
  ]);
