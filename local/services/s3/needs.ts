import type { Need, RawRequest } from '../../core/service.ts';
import { addressOf } from './address.ts';
import { copySourceOf, versionIdOf } from './object-operations.ts';
import type { ObjectStore } from './object-store.ts';

/** Actions of operations whose name is not their permission (service authorization reference, Amazon S3). */
const ACTIONS: Readonly<Record<string, string>> = {
  ListBuckets: 'ListAllMyBuckets',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListParts: 'ListMultipartUploadParts',
  HeadObject: 'GetObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
};

/** Actions that have a form of their own when a version is named. */
const VERSIONED = new Set(['GetObject', 'DeleteObject', 'GetObjectTagging', 'PutObjectTagging', 'DeleteObjectTagging']);

/** Permissions of an S3 request. `DeleteObjects` and `PostObject` check theirs themselves. */
export const s3Needs = (store: ObjectStore, operation: string, request: RawRequest): readonly Need[] => {
  if (operation === 'DeleteObjects' || operation === 'PostObject' || operation === 'Preflight') return [];
  const { bucket, key } = addressOf(request);
  const resource = bucket === '' ? '*' : arnOf(bucket, key);
  if (operation === 'CopyObject') return copyNeeds(store, request, resource);
  const tagged = request.headers['x-amz-tagging'] !== undefined;
  const context = key === '' ? listContext(request) : tagContext(store, request);
  return [
    { action: `s3:${actionOf(operation, request)}`, resource, ...(context && { context }) },
    ...(tagged && /^(PutObject|CreateMultipartUpload)$/.test(operation)
      ? [{ action: 's3:PutObjectTagging', resource }]
      : []),
  ];
};

const arnOf = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;

const actionOf = (operation: string, request: RawRequest): string => {
  const action = ACTIONS[operation] ?? operation;
  if (!VERSIONED.has(action) || versionIdOf(request) === undefined) return action;
  return action.replace(/^(Get|Put|Delete)Object/, '$1ObjectVersion');
};

const copyNeeds = (store: ObjectStore, request: RawRequest, resource: string): readonly Need[] => {
  const { bucket, key, versionId } = copySourceOf(request);
  const source = arnOf(bucket, key);
  const read = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const needs: Need[] = [
    { action: read, resource: source },
    { action: 's3:PutObject', resource },
  ];
  if (request.headers['x-amz-tagging-directive'] === 'REPLACE') {
    return [...needs, { action: 's3:PutObjectTagging', resource }];
  }
  // Copying carries the tags along, which asks for the right to read and to write them.
  if (Object.keys(store.latest(bucket, key)?.tags ?? {}).length === 0) return needs;
  return [...needs, { action: 's3:GetObjectTagging', resource: source }, { action: 's3:PutObjectTagging', resource }];
};

const listContext = ({ url }: RawRequest): Record<string, string> => ({
  's3:prefix': url.searchParams.get('prefix') ?? '',
  's3:delimiter': url.searchParams.get('delimiter') ?? '',
});

const tagContext = (store: ObjectStore, request: RawRequest): Record<string, string> => {
  const { bucket, key } = addressOf(request);
  const existing = Object.entries(store.latest(bucket, key)?.tags ?? {});
  const wanted = [...new URLSearchParams(String(request.headers['x-amz-tagging'] ?? ''))];
  return {
    ...Object.fromEntries(existing.map(([name, value]) => [`s3:ExistingObjectTag/${name}`, value])),
    ...Object.fromEntries(wanted.map(([name, value]) => [`s3:RequestObjectTag/${name}`, value])),
  };
};
