import * as client from '@aws-sdk/client-bedrock-agent-runtime';
import { defineSchemaService, type InputOf } from '../../core/schema-service.ts';
import type { AwsService, CloudContext } from '../../core/service.ts';
import { page, required, tagConditions, validation } from '../bedrock/common.ts';
import { METADATA_KEY, SOURCE_URI_KEY, TEXT_KEY } from '../bedrock-agent/index-document.ts';
import { type KnowledgeStore, knowledgeStore } from '../bedrock-agent/knowledge-store.ts';
import { type VectorStore, vectorStoreOf } from '../s3vectors/vector-store.ts';
import { type RankedPassage, rankPassages } from './rank-passages.ts';
import { satisfies } from './retrieval-filter.ts';

/** Limits of `Retrieve` (Bedrock API reference, 2026-11). */
const LONGEST_QUERY = 1000;
const DEFAULT_RESULTS = 5;
const MAX_RESULTS = 100;

interface RetrievalDependencies {
  readonly context: CloudContext;
  readonly store: KnowledgeStore;
  readonly vectors: VectorStore;
}

/** Bedrock's retrieval from knowledge bases, with metadata filters and scores. */
export const makeBedrockAgentRuntime = (context: CloudContext): AwsService => {
  const dependencies = { context, store: knowledgeStore(context), vectors: vectorStoreOf(context) };
  const service = defineSchemaService({
    name: 'bedrock-agent-runtime',
    signingName: 'bedrock',
    client,
    operations: { Retrieve: (input) => retrieve(dependencies, input) },
    needs: (operation, input: { knowledgeBaseId?: string }) => {
      const resource = `arn:aws:bedrock:${context.region}:${context.accountId}:knowledge-base/${input.knowledgeBaseId ?? '*'}`;
      const conditions = tagConditions(undefined, dependencies.store.tags.of(resource));
      return [{ action: `bedrock:${operation}`, resource, context: conditions }];
    },
  });
  return {
    ...service,
    // Its paths for tags are those of the Bedrock Agent service, which serves them.
    claim: (request) => (request.url.pathname.startsWith('/tags/') ? undefined : service.claim(request)),
  };
};

const retrieve = async (
  { context, store, vectors }: RetrievalDependencies,
  input: InputOf<typeof client, 'Retrieve'>,
) => {
  const base = store.requireKnowledgeBase(input.knowledgeBaseId);
  const question = required(input.retrievalQuery?.text, 'retrievalQuery.text');
  if (question.length > LONGEST_QUERY) {
    throw validation(`Value at 'retrievalQuery.text' must have at most ${LONGEST_QUERY} characters`);
  }
  const { numberOfResults = DEFAULT_RESULTS, filter } = input.retrievalConfiguration?.vectorSearchConfiguration ?? {};
  if (numberOfResults < 1 || numberOfResults > MAX_RESULTS) {
    throw validation(`Value at 'numberOfResults' must be between 1 and ${MAX_RESULTS}`);
  }
  const model = base.knowledgeBaseConfiguration?.vectorKnowledgeBaseConfiguration?.embeddingModelArn ?? '';
  await context.authorizeRole(base.roleArn, [
    { action: 'bedrock:InvokeModel', resource: model },
    { action: 's3vectors:QueryVectors', resource: base.indexArn },
    { action: 's3vectors:GetVectors', resource: base.indexArn },
  ]);
  const candidates = vectors
    .vectors(base.indexArn)
    .filter(({ metadata }) => filter === undefined || satisfies(filter, metadata));
  const ranked = rankPassages(question, candidates).slice(0, MAX_RESULTS);
  const { items, nextToken } = page(ranked, { maxResults: numberOfResults, nextToken: input.nextToken });
  return { retrievalResults: items.map(describePassage), nextToken };
};

const describePassage = ({ vector, score }: RankedPassage): client.KnowledgeBaseRetrievalResult => {
  const { [TEXT_KEY]: text, [METADATA_KEY]: _origin, ...metadata } = vector.metadata;
  return {
    content: { type: 'TEXT', text: String(text) },
    location: { type: 'S3', s3Location: { uri: String(metadata[SOURCE_URI_KEY]) } },
    score,
    metadata: metadata as Record<string, string>,
  };
};
