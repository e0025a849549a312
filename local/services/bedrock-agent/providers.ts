import type { CreateDataSourceRequest, CreateKnowledgeBaseRequest } from '@aws-sdk/client-bedrock-agent';
import type { DeclaredResource, Json, ResourceProvider } from '../../core/service.ts';
import { createDataSource } from './data-source-operations.ts';
import { type AgentDependencies, createKnowledgeBase } from './knowledge-base-operations.ts';

/** Knowledge bases and data sources of the synthesized template (shared isolation). */
export const agentProviders = (dependencies: AgentDependencies): ResourceProvider[] => [
  { type: 'AWS::Bedrock::KnowledgeBase', ensure: (resource) => ensureKnowledgeBase(dependencies, resource) },
  { type: 'AWS::Bedrock::DataSource', ensure: async (resource) => ensureDataSource(dependencies, resource) },
];

const ensureKnowledgeBase = async (dependencies: AgentDependencies, { properties }: DeclaredResource) => {
  const { store, context, knowledgeBaseMs } = dependencies;
  const declared = lowerFirst(properties) as unknown as CreateKnowledgeBaseRequest;
  const known = store.knowledgeBases().find((base) => base.name === declared.name);
  const id =
    known?.knowledgeBaseId ?? createKnowledgeBase(dependencies, { ...declared, tags: tagsOf(properties.Tags) });
  // As CloudFormation: the resource is made when it is ACTIVE, its data sources come after.
  if (known === undefined) await context.clock.sleep(knowledgeBaseMs);
  const { arn } = store.requireKnowledgeBase(id);
  return { ref: id, attributes: { KnowledgeBaseId: id, KnowledgeBaseArn: arn, Status: 'ACTIVE' } };
};

const ensureDataSource = (dependencies: AgentDependencies, { properties }: DeclaredResource) => {
  const declared = lowerFirst(properties) as unknown as CreateDataSourceRequest;
  const knowledgeBaseId = declared.knowledgeBaseId ?? '';
  const known = dependencies.store.dataSources(knowledgeBaseId).find((source) => source.name === declared.name);
  const id = known?.dataSourceId ?? createDataSource(dependencies, declared);
  return { ref: `${knowledgeBaseId}|${id}`, attributes: { DataSourceId: id, DataSourceStatus: 'AVAILABLE' } };
};

/** Template properties are the API's members with a capital first letter (`S3Configuration` → `s3Configuration`). */
const lowerFirst = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'Tags');
  return Object.fromEntries(
    entries.map(([key, member]) => [key.charAt(0).toLowerCase() + key.slice(1), lowerFirst(member)]),
  );
};

const tagsOf = (tags: Json | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));
