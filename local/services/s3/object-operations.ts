import { AwsError, type Call, type CloudContext, type RawRequest } from '../../core/service.ts';
import { addressOf } from './address.ts';
import { contentOf, md5Hex } from './body.ts';
import type { ObjectStore, StoredVersion } from './object-store.ts';
import type { Change, Objects } from './objects.ts';
import { type Headers, sendEmpty, sendFile, sendXml } from './respond.ts';
import { requireTags, tagsFromQuery, tagsFromXml } from './tags.ts';

export interface Parts {
  readonly context: Pick<CloudContext, 'authorize' | 'clock'>;
  readonly store: ObjectStore;
  readonly objects: Objects;
}

export type Operation = (call: Call) => Promise<void> | void;

/** Headers of an upload that are given back with the object. */
const KEPT = /^(content-(type|encoding|language|disposition)|cache-control|expires|x-amz-meta-.+)$/;

/** Operations on one object. */
export const objectOperations = (parts: Parts): Readonly<Record<string, Operation>> => ({
  PutObject: (call) => putObject(parts, call),
  GetObject: (call) => getObject(parts, call),
  HeadObject: (call) => getObject(parts, call),
  DeleteObject: ({ request, principal }) => {
    const { bucket, key } = addressOf(request);
    const change: Change = { bucket: parts.objects.requireBucket(bucket), key, principal };
    const { deleteMarker, versionId } = parts.objects.remove(change, versionIdOf(request));
    sendEmpty(request, 204, {
      'x-amz-version-id': versionId,
      'x-amz-delete-marker': deleteMarker ? 'true' : undefined,
    });
  },
  CopyObject: (call) => copyObject(parts, call),
  GetObjectTagging: ({ request }) => {
    const { bucket, key } = addressOf(request);
    const { tags } = parts.objects.require(bucket, key, versionIdOf(request));
    const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    sendXml(request, 'Tagging', { TagSet: { Tag } });
  },
  PutObjectTagging: ({ request }) => {
    const { bucket, key } = addressOf(request);
    const version = parts.objects.require(bucket, key, versionIdOf(request));
    parts.store.setTags(version, tagsFromXml(contentOf(request).bytes.toString('utf8')));
    sendEmpty(request, 200, versionHeader(version));
  },
  DeleteObjectTagging: ({ request }) => {
    const { bucket, key } = addressOf(request);
    const version = parts.objects.require(bucket, key, versionIdOf(request));
    parts.store.setTags(version, {});
    sendEmpty(request, 204, versionHeader(version));
  },
});

export const versionIdOf = ({ url }: RawRequest): string | undefined => url.searchParams.get('versionId') ?? undefined;

/** Objects of a bucket that never had versions carry no version id. */
export const versionHeader = ({ versionId }: StoredVersion): Headers => ({
  'x-amz-version-id': versionId === 'null' ? undefined : versionId,
});

/** Headers to keep with an object. `aws-chunked` was the transfer's, not the object's. */
export const keptHeaders = (headers: RawRequest['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (!KEPT.test(name) || typeof value !== 'string') return [];
      const kept = name === 'content-encoding' ? value.replace(/,?\s*aws-chunked\s*,?/, '') : value;
      return kept === '' ? [] : [[name, kept]];
    }),
  );

const putObject = ({ store, objects }: Parts, { request, principal }: Call): void => {
  const { bucket, key } = addressOf(request);
  const change: Change = { bucket: objects.requireBucket(bucket), key, principal };
  requirePreconditions(request, objects.find(bucket, key));
  const { bytes, checksums } = contentOf(request);
  const tags = tagsFromQuery(String(request.headers['x-amz-tagging'] ?? ''));
  const info = {
    etag: md5Hex(bytes),
    size: bytes.length,
    headers: { ...keptHeaders(request.headers), ...checksums },
    tags,
  };
  const version = objects.create(change, 'PutObject', store.writeFile(bytes), info);
  sendEmpty(request, 200, {
    etag: `"${version.etag}"`,
    ...checksums,
    ...versionHeader(version),
    'x-amz-server-side-encryption': 'AES256',
  });
};

/** `If-None-Match: *` and `If-Match` of a conditional write. */
const requirePreconditions = ({ headers }: RawRequest, existing: StoredVersion | undefined): void => {
  const current = existing?.deleteMarker ? undefined : existing;
  const wanted = headers['if-match'];
  if (wanted !== undefined && !current) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  const failed =
    headers['if-none-match'] === '*'
      ? current !== undefined
      : wanted !== undefined && unquoted(wanted) !== current?.etag;
  if (failed) {
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
};

const getObject = async ({ context, store, objects }: Parts, { request, principal }: Call): Promise<void> => {
  const { bucket, key } = addressOf(request);
  const { name } = objects.requireBucket(bucket);
  let version: StoredVersion;
  try {
    version = objects.require(bucket, key, versionIdOf(request));
  } catch (error) {
    // Who may not list a bucket is not told that an object is missing.
    await context.authorize(principal, [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${name}` }]);
    throw error;
  }
  requireReadable(request, version);
  const range = rangeOf(request, version);
  const headers = { ...objectHeaders(request, version), ...overrides(request), ...lengthHeaders(version, range) };
  const status = range ? 206 : 200;
  if (request.method === 'HEAD' || version.size === 0) return sendEmpty(request, status, headers);
  await sendFile(request, { path: store.pathOf(version.file), status, headers, ...(range && { range }) });
};

const objectHeaders = ({ headers: asked }: RawRequest, version: StoredVersion): Headers => {
  const withChecksums = asked['x-amz-checksum-mode'] === 'ENABLED' && asked.range === undefined;
  const tagCount = Object.keys(version.tags).length;
  const stored = Object.entries(version.headers).filter(
    ([name]) => withChecksums || !name.startsWith('x-amz-checksum-'),
  );
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(stored),
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.modifiedAtMs).toUTCString(),
    'accept-ranges': 'bytes',
    'x-amz-server-side-encryption': 'AES256',
    'x-amz-tagging-count': tagCount > 0 ? String(tagCount) : undefined,
    ...versionHeader(version),
  };
};

/** `response-content-type` and the like, which a presigned URL may carry. */
const overrides = ({ url }: RawRequest): Headers =>
  Object.fromEntries(
    [...url.searchParams]
      .filter(([name]) => name.startsWith('response-'))
      .map(([name, value]) => [name.slice('response-'.length), value]),
  );

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const lengthHeaders = ({ size }: StoredVersion, range: ByteRange | undefined): Headers =>
  range
    ? {
        'content-length': String(range.end - range.start + 1),
        'content-range': `bytes ${range.start}-${range.end}/${size}`,
      }
    : { 'content-length': String(size) };

/** One range of bytes; several at once S3 does not serve either: it gives the whole object. */
const rangeOf = ({ headers }: RawRequest, { size }: StoredVersion): ByteRange | undefined => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start <= end && start < size) return { start, end };
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, { ActualObjectSize: size });
};

const requireReadable = ({ headers }: RawRequest, { etag }: StoredVersion): void => {
  if (headers['if-match'] !== undefined && unquoted(headers['if-match']) !== etag) {
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  if (headers['if-none-match'] !== undefined && unquoted(headers['if-none-match']) === etag) {
    throw new AwsError('NotModified', 'Not Modified', 304);
  }
};

const unquoted = (etag: string): string => etag.replaceAll('"', '');

/** Bucket, key and version that `x-amz-copy-source` names. */
export const copySourceOf = ({ headers }: RawRequest): { bucket: string; key: string; versionId?: string } => {
  const [path = '', query = ''] = String(headers['x-amz-copy-source']).split('?');
  const [bucket = '', ...rest] = decodeURIComponent(path).replace(/^\//, '').split('/');
  const versionId = new URLSearchParams(query).get('versionId');
  return { bucket, key: rest.join('/'), ...(versionId !== null && { versionId }) };
};

const copyObject = ({ store, objects }: Parts, { request, principal }: Call): void => {
  const { bucket, key } = addressOf(request);
  const change: Change = { bucket: objects.requireBucket(bucket), key, principal };
  const source = copySourceOf(request);
  const original = objects.require(source.bucket, source.key, source.versionId);
  const replaces = (directive: string): boolean => request.headers[directive] === 'REPLACE';
  const same = source.bucket === bucket && source.key === key && source.versionId === undefined;
  if (same && !replaces('x-amz-metadata-directive') && !replaces('x-amz-tagging-directive')) {
    throw new AwsError(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself.',
    );
  }
  const headers = replaces('x-amz-metadata-directive') ? keptHeaders(request.headers) : original.headers;
  const tags = replaces('x-amz-tagging-directive')
    ? tagsFromQuery(String(request.headers['x-amz-tagging'] ?? ''))
    : requireTags(original.tags);
  const info = { etag: original.etag, size: original.size, headers, tags };
  const version = objects.create(change, 'CopyObject', store.linkFile(original.file), info);
  const LastModified = new Date(version.modifiedAtMs).toISOString();
  sendXml(
    request,
    'CopyObjectResult',
    { LastModified, ETag: `"${version.etag}"` },
    { headers: versionHeader(version) },
  );
};
