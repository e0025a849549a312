import { GetObjectTaggingCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../local/core/service.ts';
import { makeS3 } from '../../../local/services/s3/index.ts';
import { declare, hostServices } from '../support/service-host.ts';

const Bucket = 'oratio-test-files';
const TAGGING = '<Tagging><TagSet><Tag><Key>userId</Key><Value>u1</Value></Tag></TagSet></Tagging>';
const MAY_POST = {
  Effect: 'Allow',
  Action: ['s3:PutObject', 's3:PutObjectTagging'],
  Resource: [`arn:aws:s3:::${Bucket}/u1/*`],
};

const open = async (policy: JsonObject[] = [MAY_POST]) => {
  const host = await hostServices({ make: (context) => ({ s3: makeS3(context) }), policy });
  await declare(host.services.s3, 'AWS::S3::Bucket', 'Files', {
    BucketName: Bucket,
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  });
  return host;
};

let host: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  host = await open();
});
afterEach(() => host.discard());

const presigned = (change: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(new S3Client(host.role), {
    Bucket,
    Key: 'u1/a.md',
    Conditions: [['content-length-range', 1, 10], ['eq', '$Content-Type', 'text/markdown'], { tagging: TAGGING }],
    Fields: { 'Content-Type': 'text/markdown', tagging: TAGGING },
    Expires: 300,
    ...change,
  });

interface Posting {
  readonly text?: string;
  readonly change?: Record<string, string>;
  readonly options?: Partial<PresignedPostOptions>;
}

const post = async ({ text = 'hello', change = {}, options = {} }: Posting = {}) => {
  const { url, fields } = await presigned(options);
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...change })) form.append(name, value);
  form.append('file', new Blob([text]), 'a.md');
  const response = await fetch(url, { method: 'POST', body: form });
  const [, code] = /<Code>([^<]*)/.exec(await response.text()) ?? [];
  return { status: response.status, code };
};

test('a form that keeps to its policy stores the file with its type and tags, and says so to EventBridge', async () => {
  const answer = await post();
  const s3 = new S3Client(host.root);
  const { ContentLength, ContentType } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'u1/a.md' }));
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'u1/a.md' }));
  expect({
    answer,
    ContentLength,
    ContentType,
    TagSet,
    events: host.published.map(({ detail }) => detail.reason),
  }).toEqual({
    answer: { status: 204, code: undefined },
    ContentLength: 5,
    ContentType: 'text/markdown',
    TagSet: [{ Key: 'userId', Value: 'u1' }],
    events: ['POST Object'],
  });
});

test.each<[string, Posting, { status: number; code: string }]>([
  ['a file over the limit', { text: 'x'.repeat(11) }, { status: 400, code: 'EntityTooLarge' }],
  ['an empty file', { text: '' }, { status: 400, code: 'EntityTooSmall' }],
  ['another key', { change: { key: 'u1/b.md' } }, { status: 403, code: 'AccessDenied' }],
  ['another type', { change: { 'Content-Type': 'text/html' } }, { status: 403, code: 'AccessDenied' }],
  ['other tags', { change: { tagging: TAGGING.replace('u1', 'u2') } }, { status: 403, code: 'AccessDenied' }],
  ['a field the policy does not name', { change: { 'x-amz-meta-a': '1' } }, { status: 403, code: 'AccessDenied' }],
  [
    'a forged signature',
    { change: { 'X-Amz-Signature': '0'.repeat(64) } },
    { status: 403, code: 'SignatureDoesNotMatch' },
  ],
  [
    'a policy that was changed',
    { change: { Policy: Buffer.from('{}').toString('base64') } },
    { status: 403, code: 'SignatureDoesNotMatch' },
  ],
  ['an expired policy', { options: { Expires: -1 } }, { status: 403, code: 'AccessDenied' }],
  ['a key that its signer may not write', { options: { Key: 'u2/a.md' } }, { status: 403, code: 'AccessDenied' }],
])('%s is refused and nothing is stored', async (_, posting, answer) => {
  expect([await post(posting), await host.services.s3.inventory?.()]).toEqual([answer, [`arn:aws:s3:::${Bucket}`]]);
});

test('a form that is none is refused', async () => {
  const response = await fetch(`${host.endpointUrl}/${Bucket}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: 'nonsense',
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/xml']);
});
