import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AgentKey } from '../agents/agent-store.ts';
import type { Clock } from '../kernel/clock.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { contentTypeOf } from './file-rules.ts';
import { type KnowledgeFiles, knowledgeKey, knowledgePrefix, METADATA_SUFFIX } from './knowledge-files.ts';
import { signPostPolicy } from './post-policy.ts';

interface KnowledgeFilesEnv {
  readonly KNOWLEDGE_BUCKET: string;
  readonly ENVIRONMENT: string;
}

/** Knowledge files in S3. */
export const s3KnowledgeFiles = (
  { KNOWLEDGE_BUCKET: Bucket, ENVIRONMENT: environment }: KnowledgeFilesEnv,
  client: S3Client = new S3Client({}),
  clock: Clock = systemClock,
): KnowledgeFiles => ({
  location: (agent) => `s3://${Bucket}/${knowledgePrefix(agent)}`,
  put: async (agent, path, content) => {
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: knowledgeKey(agent, path),
        Body: content,
        ContentType: contentTypeOf(path),
        Tagging: new URLSearchParams(tagsOf(agent, environment)).toString(),
      }),
    );
  },
  uploadForm: async (agent, { path, sizeBytes }, expiresAt) => {
    const [region, keys] = await Promise.all([client.config.region(), client.config.credentials()]);
    const signed = {
      bucket: Bucket,
      region,
      key: knowledgeKey(agent, path),
      sizeBytes,
      fields: { 'Content-Type': contentTypeOf(path), tagging: tagDocument(tagsOf(agent, environment)) },
      signedAtMs: clock.now(),
      expiresAtMs: expiresAt * 1000,
    };
    return { path, url: await bucketUrl(client, Bucket, region), fields: signPostPolicy(signed, keys), expiresAt };
  },
  read: async (agent, path) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: knowledgeKey(agent, path) }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  },
  remove: async (agent, paths) => {
    const keys = paths.flatMap((path) => [knowledgeKey(agent, path), knowledgeKey(agent, `${path}${METADATA_SUFFIX}`)]);
    if (keys.length === 0) return;
    const Objects = keys.map((Key) => ({ Key }));
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const [first] = Errors;
    if (first !== undefined) throw new Error(`S3 kept ${Errors.length} objects: ${first.Code}`);
  },
});

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

/** An endpoint given by the environment is addressed by path, S3 itself by the bucket's own host name. */
const bucketUrl = async (client: S3Client, bucket: string, region: string): Promise<string> => {
  const endpoint = await client.config.endpoint?.();
  if (endpoint === undefined) return `https://${bucket}.s3.${region}.amazonaws.com/`;
  const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
  return `${endpoint.protocol}//${endpoint.hostname}${port}/${bucket}`;
};
