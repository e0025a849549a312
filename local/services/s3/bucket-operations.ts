import { AwsError, type Call, type Principal, type RawRequest } from '../../core/service.ts';
import { addressOf } from './address.ts';
import { contentOf } from './body.ts';
import { commonPrefix, listObjects } from './listing.ts';
import type { Operation, Parts } from './object-operations.ts';
import type { Bucket, StoredVersion } from './object-store.ts';
import { sendEmpty, sendXml } from './respond.ts';
import { childrenOf, parseXml, textOf, type XmlContent, type XmlNode } from './xml.ts';

const MAX_KEYS = 1_000;

/** Operations on buckets and on what they hold. */
export const bucketOperations = (parts: Parts): Readonly<Record<string, Operation>> => ({
  ListBuckets: ({ request }) => {
    const Bucket = parts.store
      .buckets()
      .map(({ name, createdAtMs }) => ({ Name: name, CreationDate: isoTime(createdAtMs) }));
    sendXml(request, 'ListAllMyBucketsResult', { Buckets: { Bucket } });
  },
  CreateBucket: ({ request }) => {
    const { bucket } = addressOf(request);
    if (parts.store.bucket(bucket)) {
      throw new AwsError('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded.', 409);
    }
    parts.store.putBucket({ name: bucket, createdAtMs: parts.context.clock.now() });
    sendEmpty(request, 200, { location: `/${bucket}` });
  },
  HeadBucket: ({ request }) => {
    bucketOf(parts, request);
    sendEmpty(request, 200, { 'x-amz-bucket-region': 'us-east-1' });
  },
  DeleteBucket: ({ request }) => {
    const { name } = bucketOf(parts, request);
    if (parts.store.versionsUnder(name, '').length > 0) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, { BucketName: name });
    }
    parts.store.dropBucket(name);
    sendEmpty(request, 204);
  },
  GetBucketLocation: ({ request }) => {
    bucketOf(parts, request);
    // us-east-1 has no location constraint.
    sendXml(request, 'LocationConstraint', '');
  },
  GetBucketVersioning: ({ request }) => {
    const { versioning } = bucketOf(parts, request);
    sendXml(request, 'VersioningConfiguration', { Status: versioning });
  },
  PutBucketVersioning: ({ request }) => {
    const bucket = bucketOf(parts, request);
    const status = textOf(bodyOf(request), 'Status');
    if (status !== 'Enabled' && status !== 'Suspended') throw malformed();
    parts.store.putBucket({ ...bucket, versioning: status });
    sendEmpty(request, 200);
  },
  ListObjectsV2: ({ request }) => listV2(parts, request),
  ListObjects: ({ request }) => listV1(parts, request),
  ListObjectVersions: ({ request }) => listVersions(parts, request),
  DeleteObjects: (call) => deleteObjects(parts, call),
});

const bucketOf = ({ objects }: Parts, request: RawRequest): Bucket => objects.requireBucket(addressOf(request).bucket);

const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();

const malformed = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

const bodyOf = (request: RawRequest): XmlNode => {
  const text = contentOf(request).bytes.toString('utf8');
  try {
    return parseXml(text);
  } catch {
    throw malformed();
  }
};

/** What every listing asks; `encode` writes keys as the caller wants them. */
const listingOf = ({ url }: RawRequest) => {
  const query = url.searchParams;
  const maxKeys = Number(query.get('max-keys') ?? MAX_KEYS);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  const inUrl = query.get('encoding-type') === 'url';
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(maxKeys, MAX_KEYS),
    EncodingType: inUrl ? 'url' : undefined,
    encode: (text: string): string => (inUrl ? encodeURIComponent(text).replaceAll('%2F', '/') : text),
  };
};

const contentsOf = (objects: readonly StoredVersion[], encode: (text: string) => string): XmlContent[] =>
  objects.map(({ key, etag, size, modifiedAtMs }) => ({
    Key: encode(key),
    LastModified: isoTime(modifiedAtMs),
    ETag: `"${etag}"`,
    Size: size,
    StorageClass: 'STANDARD',
  }));

const listV2 = (parts: Parts, request: RawRequest): void => {
  const { name: bucket } = bucketOf(parts, request);
  const { prefix, delimiter, maxKeys, encode, EncodingType } = listingOf(request);
  const query = request.url.searchParams;
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const { objects, commonPrefixes, next } = listObjects(parts.store, { bucket, prefix, delimiter, maxKeys, after });
  sendXml(request, 'ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: maxKeys,
    EncodingType,
    KeyCount: objects.length + commonPrefixes.length,
    IsTruncated: next !== undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
    StartAfter: query.get('start-after') ?? undefined,
    Contents: contentsOf(objects, encode),
    CommonPrefixes: commonPrefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
  });
};

const listV1 = (parts: Parts, request: RawRequest): void => {
  const { name: bucket } = bucketOf(parts, request);
  const { prefix, delimiter, maxKeys, encode, EncodingType } = listingOf(request);
  const after = request.url.searchParams.get('marker') ?? '';
  const { objects, commonPrefixes, next } = listObjects(parts.store, { bucket, prefix, delimiter, maxKeys, after });
  sendXml(request, 'ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    Marker: encode(after),
    NextMarker: next === undefined ? undefined : encode(next),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: maxKeys,
    EncodingType,
    IsTruncated: next !== undefined,
    Contents: contentsOf(objects, encode),
    CommonPrefixes: commonPrefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
  });
};

const listVersions = (parts: Parts, request: RawRequest): void => {
  const { name: bucket } = bucketOf(parts, request);
  const { prefix, delimiter, maxKeys, encode, EncodingType } = listingOf(request);
  const query = request.url.searchParams;
  const afterKey = query.get('key-marker') ?? '';
  const afterVersion = query.get('version-id-marker');
  const all = parts.store.versionsUnder(bucket, prefix);
  const marked = all.findIndex(({ key, versionId }) => key === afterKey && versionId === afterVersion);
  const rest = marked >= 0 ? all.slice(marked + 1) : all.filter(({ key }) => key > afterKey);
  const visible = rest.filter(({ key }) => commonPrefix(key, prefix, delimiter) === undefined);
  const prefixes = new Set(rest.flatMap(({ key }) => commonPrefix(key, prefix, delimiter) ?? []));
  const page = visible.slice(0, maxKeys);
  const last = visible.length > page.length ? page.at(-1) : undefined;
  sendXml(request, 'ListVersionsResult', {
    Name: bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(afterKey),
    VersionIdMarker: afterVersion ?? undefined,
    NextKeyMarker: last && encode(last.key),
    NextVersionIdMarker: last?.versionId,
    MaxKeys: maxKeys,
    EncodingType,
    IsTruncated: last !== undefined,
    Version: page.filter(({ deleteMarker }) => !deleteMarker).map((version) => versionEntry(version, encode)),
    DeleteMarker: page.filter(({ deleteMarker }) => deleteMarker).map((version) => markerEntry(version, encode)),
    CommonPrefixes: [...prefixes].map((Prefix) => ({ Prefix: encode(Prefix) })),
  });
};

const markerEntry = ({ key, versionId, latest, modifiedAtMs }: StoredVersion, encode: (text: string) => string) => ({
  Key: encode(key),
  VersionId: versionId,
  IsLatest: latest,
  LastModified: isoTime(modifiedAtMs),
});

const versionEntry = (version: StoredVersion, encode: (text: string) => string) => ({
  ...markerEntry(version, encode),
  ETag: `"${version.etag}"`,
  Size: version.size,
  StorageClass: 'STANDARD',
});

/** Each key by itself: one that may not be deleted is an error in the answer, not of the request. */
const deleteObjects = async (parts: Parts, { request, principal }: Call): Promise<void> => {
  const bucket = bucketOf(parts, request);
  const document = bodyOf(request);
  const wanted = childrenOf(document, 'Object');
  if (document.name !== 'Delete' || wanted.length === 0 || wanted.length > MAX_KEYS) throw malformed();
  const Deleted: XmlContent[] = [];
  const Errors: XmlContent[] = [];
  for (const object of wanted) {
    const Key = textOf(object, 'Key') ?? '';
    const VersionId = textOf(object, 'VersionId');
    try {
      await requireDeletion(parts, principal, bucket.name, Key, VersionId);
      const { deleteMarker, versionId } = parts.objects.remove({ bucket, key: Key, principal }, VersionId);
      const marker = deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {};
      Deleted.push({ Key, VersionId, ...marker });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Errors.push({ Key, VersionId, Code: error.name.replace(/Exception$/, ''), Message: error.message });
    }
  }
  const quiet = textOf(document, 'Quiet') === 'true';
  sendXml(request, 'DeleteResult', { Deleted: quiet ? [] : Deleted, Error: Errors });
};

const requireDeletion = (
  { context }: Parts,
  principal: Principal,
  bucket: string,
  key: string,
  versionId: string | undefined,
): Promise<void> =>
  context.authorize(principal, [
    {
      action: versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
      resource: `arn:aws:s3:::${bucket}/${key}`,
    },
  ]);
