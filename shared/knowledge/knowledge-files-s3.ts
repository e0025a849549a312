import type { AgentKey } from '../agents/agent-store.ts';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, type AwsRequest, awsRequest, uriEncoded } from '../kernel/aws-request.ts';
import { contentTypeOf } from './file-rules.ts';
import { type KnowledgeFiles, knowledgeKey, knowledgePrefix, METADATA_SUFFIX } from './knowledge-files.ts';
import { signPostPolicy } from './post-policy-s3.ts';

interface KnowledgeFilesEnv {
  readonly KNOWLEDGE_BUCKET: string;
  readonly ENVIRONMENT: string;
}

/** Enough to hide S3's latency, few enough not to be throttled. */
const PARALLEL_DELETIONS = 16;

/** Knowledge files in S3. */
export const s3KnowledgeFiles = (
  { KNOWLEDGE_BUCKET: bucket, ENVIRONMENT: environment }: KnowledgeFilesEnv,
  context: AwsContext = lambdaAwsContext(),
): KnowledgeFiles => {
  const base = bucketUrl(context, bucket);
  const send = (method: string, key: string, more: Partial<AwsRequest> = {}): Promise<Response> =>
    awsRequest(context, {
      service: 's3',
      method,
      url: `${base}${key.split('/').map(uriEncoded).join('/')}`,
      headers: {},
      ...more,
    });
  return {
    location: (agent) => `s3://${bucket}/${knowledgePrefix(agent)}`,
    put: async (agent, path, content) => {
      const tagging = new URLSearchParams(tagsOf(agent, environment)).toString();
      const headers = { 'content-type': contentTypeOf(path), 'x-amz-tagging': tagging };
      await send('PUT', knowledgeKey(agent, path), { headers, body: content });
    },
    uploadForm: async (agent, { path, sizeBytes }, expiresAt) => {
      const policy = {
        bucket,
        region: context.region,
        key: knowledgeKey(agent, path),
        sizeBytes,
        fields: { 'Content-Type': contentTypeOf(path), tagging: tagDocument(tagsOf(agent, environment)) },
        signedAtMs: context.now(),
        expiresAtMs: expiresAt * 1000,
      };
      return { path, url: base, fields: await signPostPolicy(policy, context.keys), expiresAt };
    },
    read: async (agent, path) => {
      try {
        return new Uint8Array(await (await send('GET', knowledgeKey(agent, path))).arrayBuffer());
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    remove: async (agent, paths) => {
      const names = paths.flatMap((path) => [path, `${path}${METADATA_SUFFIX}`]);
      for (let at = 0; at < names.length; at += PARALLEL_DELETIONS) {
        const batch = names.slice(at, at + PARALLEL_DELETIONS);
        await Promise.all(batch.map((name) => send('DELETE', knowledgeKey(agent, name))));
      }
    },
  };
};

/** S3 by the bucket's own host name; an endpoint given by the environment is addressed by path. */
const bucketUrl = ({ endpointUrl, region }: AwsContext, bucket: string): string =>
  endpointUrl === undefined
    ? `https://${bucket}.s3.${region}.amazonaws.com/`
    : `${endpointUrl.replace(/\/$/, '')}/${bucket}/`;

const tagsOf = ({ userId, agentId }: AgentKey, environment: string): Record<string, string> => ({
  userId,
  agentId,
  platform: 'oratio',
  environment,
  resourceType: 'knowledge-file',
});

/** The form field `tagging` of S3's POST object takes the XML of `PutObjectTagging`. */
const tagDocument = (tags: Readonly<Record<string, string>>): string => {
  const set = Object.entries(tags).map(
    ([key, value]) => `<Tag><Key>${key}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  return `<Tagging><TagSet>${set.join('')}</TagSet></Tagging>`;
};

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
