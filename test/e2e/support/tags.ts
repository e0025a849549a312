import { BedrockAgentClient, ListTagsForResourceCommand as KnowledgeTags } from '@aws-sdk/client-bedrock-agent';
import {
  BedrockAgentCoreControlClient,
  ListAgentRuntimesCommand,
  ListTagsForResourceCommand as RuntimeTags,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { IAMClient, ListRolesCommand, ListRoleTagsCommand } from '@aws-sdk/client-iam';
import { GetObjectTaggingCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { AgentBody } from './api.ts';
import type { Harness } from './harness.ts';

type Tags = Readonly<Record<string, string>>;

const tagsFrom = (list: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags =>
  Object.fromEntries(list.map(({ Key, Value }) => [String(Key), String(Value)]));

async function tagsOfObjects(s3: S3Client, agentId: string): Promise<Tags[]> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const found: Tags[] = [];
  for (const { Name: Bucket } of Buckets) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    for (const { Key } of Contents.filter((object) => object.Key?.includes(`/${agentId}/`)))
      found.push(tagsFrom((await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet));
  }
  return found;
}

/** All objects of one kind must carry the same tags: those of the first, or the two that differ. */
function common(objects: readonly Tags[], resourceType: string): Tags | readonly Tags[] {
  const ofKind = objects.filter((tags) => tags.resourceType === resourceType);
  const different = ofKind.find((tags) => JSON.stringify(tags) !== JSON.stringify(ofKind[0]));
  return different === undefined ? (ofKind[0] ?? []) : [ofKind[0] ?? {}, different];
}

/** The tags of everything AWS holds for an agent, by kind; objects without the tag of a kind are counted as `untagged`. */
export async function tagsOf({ aws }: Harness, agent: AgentBody): Promise<Record<string, unknown>> {
  const s3 = new S3Client({ ...aws, forcePathStyle: true });
  const iam = new IAMClient(aws);
  const bedrock = new BedrockAgentClient(aws);
  const agentCore = new BedrockAgentCoreControlClient(aws);
  const objects = await tagsOfObjects(s3, agent.agentId);
  const untagged = objects.filter((tags) => tags.resourceType === undefined).length;
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: '/oratio/' }));
  const RoleName = Roles.find((role) => role.RoleName?.includes(agent.agentId))?.RoleName;
  const { agentRuntimes = [] } = await agentCore.send(new ListAgentRuntimesCommand({}));
  const bare = agent.agentId.replaceAll('-', '');
  const resourceArn = agentRuntimes.find(({ agentRuntimeName }) => agentRuntimeName?.includes(bare))?.agentRuntimeArn;
  const knowledgeBaseArn = `arn:aws:bedrock:us-east-1:111122223333:knowledge-base/${agent.knowledgeBase.bedrockKnowledgeBaseId}`;
  const [roleTags, runtimeTags, knowledgeTags] = await Promise.all([
    iam.send(new ListRoleTagsCommand({ RoleName })),
    agentCore.send(new RuntimeTags({ resourceArn })),
    bedrock.send(new KnowledgeTags({ resourceArn: knowledgeBaseArn })),
  ]);
  for (const client of [s3, iam, bedrock, agentCore]) client.destroy();
  return {
    file: common(objects, 'knowledge-file'),
    code: common(objects, 'generated-code'),
    knowledgeBase: knowledgeTags.tags,
    runtime: runtimeTags.tags,
    role: tagsFrom(roleTags.Tags),
    ...(untagged === 0 ? {} : { untagged }),
  };
}
