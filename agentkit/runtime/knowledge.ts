import {
  type BedrockAgentRuntimeClient,
  type KnowledgeBaseRetrievalResult,
  type RetrievalFilter,
  RetrieveCommand,
} from '@aws-sdk/client-bedrock-agent-runtime';

export interface Passage {
  /** As the file's owner named it: `policies/returns.pdf`. */
  readonly path: string;
  readonly description?: string;
  readonly text: string;
  /** 0 to 1, as the retriever gave it. */
  readonly score: number;
}

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

/** More are asked for than are used, so that a file's description can lift a passage the vectors ranked lower. */
const RETRIEVED = 12;
const USED = 6;
/** How much a perfect match with the file's description adds to the vector score. */
const DESCRIPTION_WEIGHT = 0.15;
/** Bedrock's limit of `retrievalQuery.text`. */
const MAX_QUERY_CHARACTERS = 1000;

/** Retrieval from a Bedrock knowledge base. */
export function bedrockKnowledge(options: KnowledgeOptions): SearchKnowledge {
  const descriptions = new Map(options.files.map((file) => [file.path, file.description]));
  const { knowledgeBaseId } = options;
  if (knowledgeBaseId === undefined) return async () => [];
  return async (query, signal) => {
    const vectorSearchConfiguration = {
      numberOfResults: RETRIEVED,
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

/** Best first: the retriever's score, lifted by words the question shares with the file's description. Empty and repeated passages are dropped. */
function rankPassages(query: string, passages: readonly Passage[]): Passage[] {
  const asked = wordsOf(query);
  const ranked = passages
    .filter((passage) => passage.text.trim() !== '')
    .map((passage) => {
      const about = wordsOf(`${passage.description ?? ''} ${passage.path}`);
      const shared = [...asked].filter((word) => about.has(word)).length;
      return { passage, rank: passage.score + (DESCRIPTION_WEIGHT * shared) / Math.max(1, asked.size) };
    })
    .sort((one, other) => other.rank - one.rank)
    .map(({ passage }) => passage);
  return ranked.filter((passage, index) => ranked.findIndex((earlier) => earlier.text === passage.text) === index);
}

/** Words of four letters and more, so that articles and pronouns do not count; a plural `s` is dropped. */
const wordsOf = (text: string): Set<string> =>
  new Set((text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []).map((word) => word.replace(/s$/, '')));
