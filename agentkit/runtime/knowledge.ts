import {
  type BedrockAgentRuntimeClient,
  type KnowledgeBaseRetrievalResult,
  type RetrievalFilter,
  RetrieveCommand,
} from '@aws-sdk/client-bedrock-agent-runtime';
import { type Passage, rankPassages, retrievedFor } from '../../shared/knowledge/rank-passages.ts';

/** Finds the passages nearest to a question, best first. */
export type SearchKnowledge = (query: string, signal: AbortSignal) => Promise<readonly Passage[]>;

export interface KnowledgeOptions {
  readonly client: Pick<BedrockAgentRuntimeClient, 'send'>;
  /** Absent for an agent without files: nothing is ever found then. */
  readonly knowledgeBaseId: string | undefined;
  /** Added to every request, whatever the model asks for. */
  readonly filter: RetrievalFilter | undefined;
  /** `{userId}/{agentId}/`, cut off the keys of the documents. */
  readonly keyPrefix: string;
  readonly files: readonly { readonly path: string; readonly description: string }[];
}

const USED = 6;
/** Bedrock's limit of `retrievalQuery.text`. */
const MAX_QUERY_CHARACTERS = 1000;

/** Retrieval from a Bedrock knowledge base. */
export function bedrockKnowledge(options: KnowledgeOptions): SearchKnowledge {
  const descriptions = new Map(options.files.map((file) => [file.path, file.description]));
  const { knowledgeBaseId } = options;
  if (knowledgeBaseId === undefined) return async () => [];
  return async (query, signal) => {
    const vectorSearchConfiguration = {
      numberOfResults: retrievedFor(USED),
      ...(options.filter === undefined ? {} : { filter: options.filter }),
    };
    const { retrievalResults = [] } = await options.client.send(
      new RetrieveCommand({
        knowledgeBaseId,
        retrievalQuery: { text: query.slice(0, MAX_QUERY_CHARACTERS) },
        retrievalConfiguration: { vectorSearchConfiguration },
      }),
      { abortSignal: signal },
    );
    const passages = retrievalResults.map((result) => toPassage(result, options.keyPrefix, descriptions));
    return rankPassages(query, passages).slice(0, USED);
  };
}

function toPassage(
  result: KnowledgeBaseRetrievalResult,
  keyPrefix: string,
  descriptions: ReadonlyMap<string, string>,
): Passage {
  const path = pathOf(result.location?.s3Location?.uri ?? '', keyPrefix);
  const description = descriptions.get(path);
  return {
    path,
    ...(description === undefined ? {} : { description }),
    text: result.content?.text ?? '',
    score: Math.min(1, Math.max(0, result.score ?? 0)),
  };
}

/** `s3://bucket/{userId}/{agentId}/policies/returns.pdf` → `policies/returns.pdf` */
function pathOf(uri: string, keyPrefix: string): string {
  const key = uri.replace(/^s3:\/\/[^/]+\//, '');
  return key.startsWith(keyPrefix) ? key.slice(keyPrefix.length) : key;
}
