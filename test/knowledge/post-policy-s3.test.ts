import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { afterEach, expect, it, vi } from 'vitest';
import { signPostPolicy } from '../../shared/knowledge/post-policy-s3.ts';

const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' };

afterEach(() => vi.useRealTimers());

it('an upload form is the one the AWS SDK would make', async () => {
  const signedAtMs = Date.UTC(2026, 10, 21, 8);
  vi.useFakeTimers({ now: signedAtMs, toFake: ['Date'] });
  const Fields = { 'Content-Type': 'text/plain', tagging: '<Tagging><TagSet></TagSet></Tagging>' };
  const theirs = await createPresignedPost(new S3Client({ region: 'us-east-1', credentials: KEYS }), {
    Bucket: 'bucket',
    Key: 'ann/a1/ä b.txt',
    Expires: 3600,
    Fields,
    Conditions: [['content-length-range', 5, 5]],
  });
  const ours = await signPostPolicy(
    {
      bucket: 'bucket',
      region: 'us-east-1',
      key: 'ann/a1/ä b.txt',
      sizeBytes: 5,
      fields: Fields,
      signedAtMs,
      expiresAtMs: signedAtMs + 3_600_000,
    },
    KEYS,
  );
  const decoded = (policy: string | undefined) =>
    JSON.parse(Buffer.from(policy ?? '', 'base64').toString('utf8')) as object;
  expect(decoded(ours.Policy)).toEqual(decoded(theirs.fields.Policy));
  expect(ours).toEqual(theirs.fields);
});
