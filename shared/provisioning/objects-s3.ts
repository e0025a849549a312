import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { ignoring } from './aws-errors.ts';
import type { Objects, StoredObject } from './objects.ts';

/** Keys one DeleteObjects request may name (S3 API reference). */
const KEYS_PER_DELETE = 1000;

/** The objects of a bucket in S3. */
export const s3Objects = (bucket: string, client = new S3Client({})): Objects => ({
  bucket,
  read: async (key) => {
    const object = await ignoring('NoSuchKey', client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    return object?.Body?.transformToByteArray();
  },
  write: async (key, body, { contentType, tags }) => {
    const Tagging = new URLSearchParams(tags).toString();
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType, Tagging }),
    );
  },
  list: (prefix) => list(client, bucket, prefix),
  listEver: async (prefix) => [...new Set((await versionsOf(client, bucket, prefix)).map(({ Key }) => Key ?? ''))],
  remove: (keys) =>
    removeAll(
      client,
      bucket,
      keys.map((Key) => ({ Key })),
    ),
  erase: async (prefix) => {
    if (!prefix.endsWith('/')) throw new RangeError(`"${prefix}" could match the objects of another agent`);
    await removeAll(client, bucket, await versionsOf(client, bucket, prefix));
  },
});

const list = async (client: S3Client, bucket: string, prefix: string): Promise<StoredObject[]> => {
  const objects: StoredObject[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key, Size, ETag } of page.Contents ?? []) {
      if (Key !== undefined) objects.push({ key: Key, sizeBytes: Size ?? 0, etag: (ETag ?? '').replaceAll('"', '') });
    }
  }
  return objects;
};

const versionsOf = async (client: S3Client, bucket: string, prefix: string): Promise<ObjectIdentifier[]> => {
  const versions: ObjectIdentifier[] = [];
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next !== undefined) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...next }),
    );
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      versions.push({ Key, ...(VersionId === undefined ? {} : { VersionId }) });
    }
    next = page.IsTruncated === true ? markersOf(page) : undefined;
  }
  return versions;
};

const markersOf = (page: { NextKeyMarker?: string | undefined; NextVersionIdMarker?: string | undefined }) => ({
  ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
  ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
});

const removeAll = async (client: S3Client, bucket: string, objects: readonly ObjectIdentifier[]): Promise<void> => {
  for (let start = 0; start < objects.length; start += KEYS_PER_DELETE) {
    const Delete = { Objects: objects.slice(start, start + KEYS_PER_DELETE), Quiet: true };
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    const [first] = Errors;
    if (first !== undefined) throw new Error(`S3 did not delete ${Errors.length} objects: ${first.Code}`);
  }
};
