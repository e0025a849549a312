import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, presignedUrl, uriEncoded } from '../kernel/aws-request.ts';
import type { Recordings } from './recordings.ts';

/** Long enough to begin to play it, short enough for an address that may be passed on. */
const LIFETIME_SECONDS = 300;

/** Recordings in S3, read by presigned addresses. */
export const s3Recordings = (
  { RECORDINGS_BUCKET }: { readonly RECORDINGS_BUCKET: string },
  context: Pick<AwsContext, 'region' | 'keys' | 'endpointUrl' | 'now'> = lambdaAwsContext(),
): Recordings => ({
  address: (key) => {
    const base =
      context.endpointUrl === undefined
        ? `https://${RECORDINGS_BUCKET}.s3.${context.region}.amazonaws.com`
        : `${context.endpointUrl}/${RECORDINGS_BUCKET}`;
    const url = `${base}/${key.split('/').map(uriEncoded).join('/')}`;
    return presignedUrl({ service: 's3', url, expiresInSeconds: LIFETIME_SECONDS, nowMs: context.now() }, context);
  },
});
