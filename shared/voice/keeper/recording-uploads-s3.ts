import { lambdaAwsContext } from '../../kernel/aws-context.ts';
import { type AwsContext, presignedUrl, uriEncoded } from '../../kernel/aws-request.ts';
import type { RecordingUploads } from './recording-address.ts';

/** An owner sends at once; a long recording takes its while. */
const LIFETIME_SECONDS = 300;

/** Presigned uploads to S3. Length, type and tags are signed: S3 refuses a file that differs. */
export const s3RecordingUploads = (
  { RECORDINGS_BUCKET }: { readonly RECORDINGS_BUCKET: string },
  context: Pick<AwsContext, 'region' | 'keys' | 'endpointUrl' | 'now'> = lambdaAwsContext(),
): RecordingUploads => ({
  sign: async ({ key, bytes, tags }) => {
    const base =
      context.endpointUrl === undefined
        ? `https://${RECORDINGS_BUCKET}.s3.${context.region}.amazonaws.com`
        : `${context.endpointUrl}/${RECORDINGS_BUCKET}`;
    const url = `${base}/${key.split('/').map(uriEncoded).join('/')}`;
    const headers = {
      'content-length': String(bytes),
      'content-type': 'audio/wav',
      'x-amz-tagging': new URLSearchParams(tags).toString(),
    };
    const request = { service: 's3', url, expiresInSeconds: LIFETIME_SECONDS, nowMs: context.now() };
    return { url: await presignedUrl({ ...request, method: 'PUT', headers }, context), headers };
  },
});
