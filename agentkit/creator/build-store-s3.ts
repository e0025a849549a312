import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BuildRequest } from '../../shared/building/building.ts';
import type { BuildStore } from './build-agent.ts';

/** Builds in the generated-code bucket, each object tagged with its tenant. `environment` is the stage. */
export const s3BuildStore = (client: Pick<S3Client, 'send'>, environment: string): BuildStore => ({
  hasResult: async ({ output }) => {
    try {
      await client.send(new HeadObjectCommand({ Bucket: output.bucket, Key: `${output.prefix}result.json` }));
      return true;
    } catch (error) {
      if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey')) return false;
      throw error;
    }
  },
  put: async (request, name, body, contentType) => {
    await client.send(
      new PutObjectCommand({
        Bucket: request.output.bucket,
        Key: `${request.output.prefix}${name}`,
        Body: body,
        ContentType: contentType,
        Tagging: tagsOf(request, environment),
      }),
    );
  },
});

const tagsOf = ({ userId, agentId }: BuildRequest, environment: string): string =>
  new URLSearchParams({
    userId,
    agentId,
    platform: 'oratio',
    environment,
    resourceType: 'generated-code',
  }).toString();
