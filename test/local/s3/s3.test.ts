import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../local/core/service.ts';
import { addressOf } from '../../../local/services/s3/address.ts';
import { makeS3 } from '../../../local/services/s3/index.ts';
import { declare, hostServices } from '../support/service-host.ts';

const FILES = 'oratio-test-files';
const PLAIN = 'oratio-test-plain';

const open = async (policy: JsonObject[] = [], dataDir?: string) => {
  const host = await hostServices({
    make: (context) => ({ s3: makeS3(context) }),
    policy,
    ...(dataDir && { dataDir }),
  });
  await declare(host.services.s3, 'AWS::S3::Bucket', 'Files', {
    BucketName: FILES,
    VersioningConfiguration: { Status: 'Enabled' },
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    CorsConfiguration: {
      CorsRules: [
        {
          AllowedOrigins: ['https://*.example.com'],
          AllowedMethods: ['POST', 'GET'],
          AllowedHeaders: ['*'],
          MaxAge: 300,
        },
      ],
    },
  });
  await declare(host.services.s3, 'AWS::S3::Bucket', 'Plain', { BucketName: PLAIN });
  return { host, s3: new S3Client(host.root) };
};

let opened: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  opened = await open();
});
afterEach(() => opened.host.discard());

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  opened.s3.send(new PutObjectCommand({ Bucket: PLAIN, Key, Body: Buffer.from(Body), ...more }));
const textOf = async (Key: string, more: { Bucket?: string; Range?: string; VersionId?: string } = {}) => {
  const { Body } = await opened.s3.send(new GetObjectCommand({ Bucket: PLAIN, Key, ...more }));
  return Body?.transformToString();
};
const keysUnder = async (Bucket: string) => {
  const { Contents = [] } = await opened.s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
};

test('an object comes back with what it was stored with', async () => {
  await put('a dir/ü&<1>.md', 'hello', {
    ContentType: 'text/markdown',
    Metadata: { owner: 'ada' },
    Tagging: 'userId=u1&n=a%20b',
  });
  const { Body, ETag, ContentType, Metadata, TagCount, ContentLength, ChecksumCRC32 } = await opened.s3.send(
    new GetObjectCommand({ Bucket: PLAIN, Key: 'a dir/ü&<1>.md', ChecksumMode: 'ENABLED' }),
  );
  const { TagSet } = await opened.s3.send(new GetObjectTaggingCommand({ Bucket: PLAIN, Key: 'a dir/ü&<1>.md' }));
  expect([
    await Body?.transformToString(),
    { ETag, ContentType, Metadata, TagCount, ContentLength, ChecksumCRC32 },
    TagSet,
  ]).toEqual([
    'hello',
    {
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      ContentType: 'text/markdown',
      Metadata: { owner: 'ada' },
      TagCount: 2,
      ContentLength: 5,
      ChecksumCRC32: 'NhCmhg==',
    },
    [
      { Key: 'userId', Value: 'u1' },
      { Key: 'n', Value: 'a b' },
    ],
  ]);
  expect(await keysUnder(PLAIN)).toEqual(['a dir/ü&<1>.md']);
});

test('a range gives its bytes, the empty object none, and a range beyond the end is refused', async () => {
  await put('a', '0123456789');
  await put('empty', '');
  expect([
    await textOf('a', { Range: 'bytes=2-4' }),
    await textOf('a', { Range: 'bytes=-3' }),
    await textOf('empty'),
  ]).toEqual(['234', '789', '']);
  await expect(textOf('a', { Range: 'bytes=20-' })).rejects.toMatchObject({ name: 'InvalidRange' });
});

test('a body that does not fit its checksum is refused', async () => {
  await expect(put('a', 'hello', { ChecksumSHA256: Buffer.alloc(32).toString('base64') })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  expect(await keysUnder(PLAIN)).toEqual([]);
});

test('a stream is stored without the framing of its transfer', async () => {
  const bytes = Buffer.alloc(200_000, 'abc');
  await opened.s3.send(
    new PutObjectCommand({
      Bucket: PLAIN,
      Key: 's',
      Body: Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]),
      ContentLength: bytes.length,
    }),
  );
  expect(await textOf('s')).toBe(bytes.toString());
});

test('a conditional write happens once', async () => {
  await put('a', '1', { IfNoneMatch: '*' });
  await expect(put('a', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await textOf('a')).toBe('1');
});

test('a listing has common prefixes and goes on page by page', async () => {
  for (const key of ['a/1', 'a/2', 'b', 'c/1', 'd']) await put(key, key);
  const pages: unknown[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await opened.s3.send(
      new ListObjectsV2Command({
        Bucket: PLAIN,
        Delimiter: '/',
        MaxKeys: 2,
        ...(ContinuationToken && { ContinuationToken }),
      }),
    );
    pages.push([page.CommonPrefixes?.map(({ Prefix }) => Prefix), page.Contents?.map(({ Key }) => Key), page.KeyCount]);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  expect(pages).toEqual([
    [['a/'], ['b'], 2],
    [['c/'], ['d'], 2],
  ]);
});

test('a versioned bucket keeps what was replaced and deleted', async () => {
  const Bucket = FILES;
  const first = await opened.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '1' }));
  await opened.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '2' }));
  const { DeleteMarker, VersionId: marker } = await opened.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  await expect(textOf('a', { Bucket })).rejects.toMatchObject({ name: 'NoSuchKey' });
  const listed = await opened.s3.send(new ListObjectVersionsCommand({ Bucket }));
  await opened.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: String(marker) }));
  expect([
    DeleteMarker,
    listed.Versions?.map(({ IsLatest, Size }) => [IsLatest, Size]),
    listed.DeleteMarkers?.map(({ IsLatest }) => IsLatest),
    await textOf('a', { Bucket, VersionId: String(first.VersionId) }),
    await textOf('a', { Bucket }),
  ]).toEqual([
    true,
    [
      [false, 1],
      [false, 1],
    ],
    [true],
    '1',
    '2',
  ]);
});

test('many objects are deleted in one request, those of a role that may not by name', async () => {
  const mayDelete = { Effect: 'Allow', Action: ['s3:DeleteObject'], Resource: [`arn:aws:s3:::${PLAIN}/mine/*`] };
  const limited = await open([mayDelete], undefined);
  for (const Key of ['mine/1', 'theirs/1']) {
    await limited.s3.send(new PutObjectCommand({ Bucket: PLAIN, Key, Body: 'x' }));
  }
  const { Deleted, Errors } = await new S3Client(limited.host.role).send(
    new DeleteObjectsCommand({ Bucket: PLAIN, Delete: { Objects: [{ Key: 'mine/1' }, { Key: 'theirs/1' }] } }),
  );
  await limited.host.discard();
  expect([Deleted?.map(({ Key }) => Key), Errors?.map(({ Key, Code }) => [Key, Code])]).toEqual([
    ['mine/1'],
    [['theirs/1', 'AccessDenied']],
  ]);
});

test('a copy has the bytes, metadata and tags of its source, or those it is given', async () => {
  await put('a', 'x', { Tagging: 'k=v', Metadata: { m: '1' } });
  const CopySource = `${PLAIN}/a`;
  await opened.s3.send(new CopyObjectCommand({ Bucket: PLAIN, Key: 'b', CopySource }));
  await opened.s3.send(
    new CopyObjectCommand({
      Bucket: PLAIN,
      Key: 'c',
      CopySource,
      TaggingDirective: 'REPLACE',
      Tagging: 'k=w',
      MetadataDirective: 'REPLACE',
      Metadata: { m: '2' },
    }),
  );
  await opened.s3.send(new DeleteObjectCommand({ Bucket: PLAIN, Key: 'a' }));
  const seen = async (Key: string) => {
    const { Metadata } = await opened.s3.send(new HeadObjectCommand({ Bucket: PLAIN, Key }));
    const { TagSet } = await opened.s3.send(new GetObjectTaggingCommand({ Bucket: PLAIN, Key }));
    return [await textOf(Key), Metadata, TagSet];
  };
  expect([await seen('b'), await seen('c')]).toEqual([
    ['x', { m: '1' }, [{ Key: 'k', Value: 'v' }]],
    ['x', { m: '2' }, [{ Key: 'k', Value: 'w' }]],
  ]);
});

test('tags can be replaced', async () => {
  await put('a', 'x', { Tagging: 'k=v' });
  const Tagging = { TagSet: [{ Key: 'status', Value: 'ready & <done>' }] };
  await opened.s3.send(new PutObjectTaggingCommand({ Bucket: PLAIN, Key: 'a', Tagging }));
  const { TagSet } = await opened.s3.send(new GetObjectTaggingCommand({ Bucket: PLAIN, Key: 'a' }));
  expect(TagSet).toEqual(Tagging.TagSet);
});

test('an upload in parts becomes one object', async () => {
  const where = { Bucket: FILES, Key: 'big' };
  const { UploadId } = await opened.s3.send(new CreateMultipartUploadCommand({ ...where, ContentType: 'text/plain' }));
  const Parts = [];
  for (const [index, Body] of [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')].entries()) {
    const PartNumber = index + 1;
    const { ETag } = await opened.s3.send(new UploadPartCommand({ ...where, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  const { ETag } = await opened.s3.send(
    new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }),
  );
  const { ContentLength, ContentType } = await opened.s3.send(new HeadObjectCommand(where));
  expect([ETag?.endsWith('-2"'), ContentLength, ContentType, opened.host.published.at(-1)?.detail.reason]).toEqual([
    true,
    5 * 1024 * 1024 + 3,
    'text/plain',
    'CompleteMultipartUpload',
  ]);
});

test('EventBridge is told of what is created and deleted, where the bucket asks for it', async () => {
  await put('quiet', 'x');
  await opened.s3.send(new PutObjectCommand({ Bucket: FILES, Key: 'u1/a.md', Body: 'hello' }));
  await opened.s3.send(new CopyObjectCommand({ Bucket: FILES, Key: 'u1/b.md', CopySource: `${FILES}/u1/a.md` }));
  await opened.s3.send(new DeleteObjectCommand({ Bucket: FILES, Key: 'u1/a.md' }));
  const [created] = opened.host.published;
  expect(
    opened.host.published.map(({ detailType, detail }) => [detailType, detail.reason, detail['deletion-type']]),
  ).toEqual([
    ['Object Created', 'PutObject', undefined],
    ['Object Created', 'CopyObject', undefined],
    ['Object Deleted', 'DeleteObject', 'Delete Marker Created'],
  ]);
  expect(created).toMatchObject({
    source: 'aws.s3',
    resources: [`arn:aws:s3:::${FILES}`],
    detail: { bucket: { name: FILES }, object: { key: 'u1/a.md', size: 5, etag: '5d41402abc4b2a76b9719d911017c592' } },
  });
});

test('objects outlive the process that died without a word', async () => {
  await put('a', 'kept');
  const second = await hostServices({ make: (context) => ({ s3: makeS3(context) }), dataDir: opened.host.directory });
  const { Body } = await new S3Client(second.root).send(new GetObjectCommand({ Bucket: PLAIN, Key: 'a' }));
  const text = await Body?.transformToString();
  const inventory = await second.services.s3.inventory?.();
  await second.stop();
  expect([text, inventory]).toEqual([
    'kept',
    [`arn:aws:s3:::${FILES}`, `arn:aws:s3:::${PLAIN}`, `arn:aws:s3:::${PLAIN}/a`],
  ]);
});

test('who may not list a bucket is not told that an object is missing', async () => {
  const mayRead = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${PLAIN}/*`] };
  const limited = await open([mayRead]);
  const read = new S3Client(limited.host.role).send(new GetObjectCommand({ Bucket: PLAIN, Key: 'absent' }));
  await expect(read).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(textOf('absent')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await limited.host.discard();
});

test.each([
  ['/files/u1/a%20b.md', '127.0.0.1:4101', { bucket: 'files', key: 'u1/a b.md' }],
  ['/u1/a.md', 'files.s3.us-east-1.amazonaws.com', { bucket: 'files', key: 'u1/a.md' }],
  ['/u1/a.md', 'files.localhost:4101', { bucket: 'files', key: 'u1/a.md' }],
  ['/files', 'localhost:4101', { bucket: 'files', key: '' }],
  ['/', '127.0.0.1:4101', { bucket: '', key: '' }],
])('%s at %s names its bucket and key', (path, host, address) => {
  expect(addressOf({ url: new URL(path, 'http://127.0.0.1'), headers: { host } })).toEqual(address);
});

test('a page of an allowed origin may ask before it posts; another may not', async () => {
  const ask = (origin: string) =>
    fetch(`${opened.host.endpointUrl}/${FILES}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
  const allowed = await ask('https://app.example.com');
  const refused = await ask('https://evil.test');
  expect([allowed.status, allowed.headers.get('access-control-allow-origin'), refused.status]).toEqual([
    200,
    'https://app.example.com',
    403,
  ]);
});
