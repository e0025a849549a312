import { createHmac } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { createScope, getSigningKey } from '@smithy/signature-v4';
import type { AwsKeys } from '../kernel/aws-request.ts';

export interface PostPolicy {
  readonly bucket: string;
  readonly region: string;
  readonly key: string;
  /** The upload must have exactly this size. */
  readonly sizeBytes: number;
  /** Form fields that must arrive as they are here: `Content-Type`, `tagging`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly signedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * The fields of a browser upload form, signed with Signature Version 4 ("Authenticating requests: browser-based uploads
 * using POST", S3 API reference). Ours because `@aws-sdk/s3-presigned-post` would add a third to a bundle that has a
 * budget; a test compares the two.
 */
export const signPostPolicy = async (policy: PostPolicy, keys: AwsKeys): Promise<Readonly<Record<string, string>>> => {
  const longDate = amzDate(policy.signedAtMs);
  const shortDate = longDate.slice(0, 8);
  const fields: Record<string, string> = {
    ...policy.fields,
    bucket: policy.bucket,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${keys.accessKeyId}/${createScope(shortDate, policy.region, 's3')}`,
    'X-Amz-Date': longDate,
    ...(keys.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': keys.sessionToken }),
  };
  const conditions = [
    ['content-length-range', policy.sizeBytes, policy.sizeBytes],
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    { key: policy.key },
  ];
  const document = JSON.stringify({ expiration: isoSeconds(policy.expiresAtMs), conditions });
  const encoded = Buffer.from(document, 'utf8').toString('base64');
  const signingKey = await getSigningKey(Sha256, lasting(keys), shortDate, policy.region, 's3');
  const signature = createHmac('sha256', signingKey).update(encoded).digest('hex');
  return { ...fields, key: policy.key, Policy: encoded, 'X-Amz-Signature': signature };
};

const isoSeconds = (unixMs: number): string => `${new Date(unixMs).toISOString().slice(0, 19)}Z`;

/** `20261121T080000Z` */
const amzDate = (unixMs: number): string => `${new Date(unixMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

const lasting = ({ accessKeyId, secretAccessKey }: AwsKeys) => ({ accessKeyId, secretAccessKey });
