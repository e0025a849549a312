import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AwsError, type Call, type RawRequest } from '../../core/service.ts';
import { addressOf } from './address.ts';
import { contentOf, md5Hex } from './body.ts';
import { keptHeaders, type Operation, type Parts, versionHeader } from './object-operations.ts';
import type { Part, Upload } from './object-store.ts';
import { sendEmpty, sendXml } from './respond.ts';
import { tagsFromQuery } from './tags.ts';
import { childrenOf, parseXml, textOf } from './xml.ts';

/** Every part but the last (user guide, "Amazon S3 multipart upload limits"). */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

/** Uploads in parts. */
export const multipartOperations = (parts: Parts): Readonly<Record<string, Operation>> => ({
  CreateMultipartUpload: ({ request }) => {
    const { bucket, key } = addressOf(request);
    parts.objects.requireBucket(bucket);
    const id = randomBytes(24).toString('base64url');
    const tags = tagsFromQuery(String(request.headers['x-amz-tagging'] ?? ''));
    const startedAtMs = parts.context.clock.now();
    parts.store.putUpload({ id, bucket, key, startedAtMs, headers: keptHeaders(request.headers), tags });
    sendXml(request, 'InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
  },
  UploadPart: ({ request }) => {
    const upload = requireUpload(parts, request);
    const number = Number(request.url.searchParams.get('partNumber'));
    if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
      throw new AwsError('InvalidArgument', `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`);
    }
    const { bytes, checksums } = contentOf(request);
    const replaced = parts.store.parts(upload.id).find((part) => part.number === number);
    const etag = md5Hex(bytes);
    const modifiedAtMs = parts.context.clock.now();
    parts.store.putPart(upload.id, {
      number,
      etag,
      size: bytes.length,
      file: parts.store.writeFile(bytes),
      modifiedAtMs,
    });
    if (replaced) parts.store.dropFile(replaced.file);
    sendEmpty(request, 200, { etag: `"${etag}"`, ...checksums });
  },
  CompleteMultipartUpload: (call) => complete(parts, call),
  AbortMultipartUpload: ({ request }) => {
    const upload = requireUpload(parts, request);
    dropUpload(parts, upload);
    sendEmpty(request, 204);
  },
  ListParts: ({ request }) => {
    const upload = requireUpload(parts, request);
    const Part = parts.store.parts(upload.id).map(({ number, etag, size, modifiedAtMs }) => ({
      PartNumber: number,
      ETag: `"${etag}"`,
      Size: size,
      LastModified: new Date(modifiedAtMs).toISOString(),
    }));
    sendXml(request, 'ListPartsResult', {
      Bucket: upload.bucket,
      Key: upload.key,
      UploadId: upload.id,
      IsTruncated: false,
      Part,
    });
  },
  ListMultipartUploads: ({ request }) => {
    const { bucket } = addressOf(request);
    parts.objects.requireBucket(bucket);
    const Upload = parts.store.uploads(bucket).map(({ id, key, startedAtMs }) => ({
      Key: key,
      UploadId: id,
      Initiated: new Date(startedAtMs).toISOString(),
    }));
    sendXml(request, 'ListMultipartUploadsResult', { Bucket: bucket, IsTruncated: false, Upload });
  },
});

const requireUpload = ({ store }: Parts, request: RawRequest): Upload => {
  const { bucket, key } = addressOf(request);
  const upload = store.upload(request.url.searchParams.get('uploadId') ?? '');
  if (upload && upload.bucket === bucket && upload.key === key) return upload;
  throw new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  );
};

const dropUpload = ({ store }: Parts, upload: Upload): void => {
  const files = store.parts(upload.id).map(({ file }) => file);
  store.transaction(() => store.dropUpload(upload.id));
  for (const file of files) store.dropFile(file);
};

const complete = (parts: Parts, { request, principal }: Call): void => {
  const { store, objects } = parts;
  const upload = requireUpload(parts, request);
  const chosen = chosenParts(contentOf(request).bytes.toString('utf8'), store.parts(upload.id));
  const bytes = Buffer.concat(chosen.map(({ file }) => readFileSync(store.pathOf(file))));
  // S3's entity tag of such an object: the digest of the parts' digests, and their number.
  const digests = createHash('md5').update(Buffer.from(chosen.map(({ etag }) => etag).join(''), 'hex'));
  const etag = `${digests.digest('hex')}-${chosen.length}`;
  const change = { bucket: objects.requireBucket(upload.bucket), key: upload.key, principal };
  const info = { etag, size: bytes.length, headers: upload.headers, tags: upload.tags };
  const version = objects.create(change, 'CompleteMultipartUpload', store.writeFile(bytes), info);
  dropUpload(parts, upload);
  sendXml(
    request,
    'CompleteMultipartUploadResult',
    { Location: `/${upload.bucket}/${upload.key}`, Bucket: upload.bucket, Key: upload.key, ETag: `"${etag}"` },
    { headers: versionHeader(version) },
  );
};

const chosenParts = (document: string, uploaded: readonly Part[]): Part[] => {
  const named = childrenOf(parseXml(document), 'Part').map((part) => ({
    number: Number(textOf(part, 'PartNumber')),
    etag: (textOf(part, 'ETag') ?? '').replaceAll('"', ''),
  }));
  const chosen = named.map(({ number, etag }) => {
    const part = uploaded.find((candidate) => candidate.number === number);
    if (part && part.etag === etag) return part;
    throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
  });
  if (chosen.length === 0) throw new AwsError('MalformedXML', 'You must specify at least one part');
  if (chosen.some((part, index) => index > 0 && part.number <= (chosen[index - 1]?.number ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  if (chosen.slice(0, -1).some(({ size }) => size < MIN_PART_BYTES)) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return chosen;
};
