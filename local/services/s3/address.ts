import { AwsError, type RawRequest } from '../../core/service.ts';

/** The bucket and key a request is about; both empty for the service itself, an empty key for a bucket. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
}

/** `bucket.s3.us-east-1.amazonaws.com`, `bucket.localhost`: a bucket in front of the host. */
const VIRTUAL_HOST = /^(.+?)\.(?:s3[.-][^:]*|localhost)(?::\d+)?$/;

/** Understands path style and virtual-host style. */
export const addressOf = ({ url, headers }: Pick<RawRequest, 'url' | 'headers'>): Address => {
  const path = decoded(url.pathname.slice(1));
  const virtual = VIRTUAL_HOST.exec(headers.host ?? '')?.[1];
  if (virtual !== undefined) return { bucket: virtual, key: path };
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
};

const SUBRESOURCES = [
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versioning',
  'versions',
  'website',
] as const;

/** Operation by scope, method and subresource. What is not in it is not served. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'service GET': 'ListBuckets',
  'bucket PUT': 'CreateBucket',
  'bucket HEAD': 'HeadBucket',
  'bucket DELETE': 'DeleteBucket',
  'bucket GET': 'ListObjects',
  'bucket GET versions': 'ListObjectVersions',
  'bucket GET location': 'GetBucketLocation',
  'bucket GET versioning': 'GetBucketVersioning',
  'bucket PUT versioning': 'PutBucketVersioning',
  'bucket GET uploads': 'ListMultipartUploads',
  'bucket POST delete': 'DeleteObjects',
  'object GET': 'GetObject',
  'object HEAD': 'HeadObject',
  'object PUT': 'PutObject',
  'object DELETE': 'DeleteObject',
  'object GET tagging': 'GetObjectTagging',
  'object PUT tagging': 'PutObjectTagging',
  'object DELETE tagging': 'DeleteObjectTagging',
  'object POST uploads': 'CreateMultipartUpload',
  'object PUT uploadId': 'UploadPart',
  'object POST uploadId': 'CompleteMultipartUpload',
  'object GET uploadId': 'ListParts',
  'object DELETE uploadId': 'AbortMultipartUpload',
};

/** What the request asks of S3, named as the SDK's command; undefined for what S3 has no operation for. */
export const operationOf = (request: Pick<RawRequest, 'method' | 'url' | 'headers'>): string | undefined => {
  const { method, url, headers } = request;
  const { bucket, key } = addressOf(request);
  if (method === 'OPTIONS') return 'Preflight';
  if (method === 'POST' && bucket !== '' && /^multipart\/form-data/i.test(headers['content-type'] ?? '')) {
    return 'PostObject';
  }
  const scope = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const subresource = SUBRESOURCES.find((name) => url.searchParams.has(name));
  const name = OPERATIONS[[scope, method, subresource].filter(Boolean).join(' ')];
  if (name === 'ListObjects' && url.searchParams.get('list-type') === '2') return 'ListObjectsV2';
  if (name === 'PutObject' && headers['x-amz-copy-source'] !== undefined) return 'CopyObject';
  if (name === 'UploadPart' && headers['x-amz-copy-source'] !== undefined) return 'UploadPartCopy';
  // A name all the same, so that the refusal can say what was asked for.
  return name ?? (subresource === undefined ? undefined : `${method} ?${subresource}`);
};
