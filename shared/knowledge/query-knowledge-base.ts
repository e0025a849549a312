import * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';
import { problem } from '../kernel/problems.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import type { KnowledgeBaseStore } from './knowledge-base-store.ts';
import type { PassagesView } from './knowledge-query-schemas.ts';
import { type Passage, rankPassages, retrievedFor } from './rank-passages.ts';
import { requestedKnowledgeBase } from './requested-knowledge-base.ts';

export const QueryKnowledgeBaseEnv = z.object({ KNOWLEDGE_BASES_TABLE: text });

/** The passages of an agent's files nearest to a question, as the retriever ranks them. */
export type FindPassages = (query: {
  readonly bedrockKnowledgeBaseId: string;
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly question: string;
  readonly top: number;
}) => Promise<readonly Passage[]>;

export interface QueryKnowledgeBaseDeps {
  readonly knowledge: Pick<KnowledgeBaseStore, 'find'>;
  readonly passages: FindPassages;
}

/** What the agent would find for a question; nothing in a knowledge base without files. */
export const queryKnowledgeBase =
  ({ knowledge, passages }: QueryKnowledgeBaseDeps) =>
  async (request: RequestOf<'queryKnowledgeBase'>): Promise<ApiAnswer> => {
    const base = await requestedKnowledgeBase({ knowledge }, request);
    const { question, top } = request.body;
    const { userId, agentId } = base;
    const bedrockKnowledgeBaseId = searchableId(base);
    const found =
      bedrockKnowledgeBaseId === undefined
        ? []
        : await passages({ bedrockKnowledgeBaseId, userId, agentId, question, top: retrievedFor(top) });
    const ranked = rankPassages(
      question,
      found.map((passage) => ({ ...passage, ...descriptionOf(base, passage) })),
    );
    const body: z.output<typeof PassagesView> = { passages: ranked.slice(0, top).map(passageView) };
    return { status: 200, body };
  };

const searchableId = ({ status, bedrock, files }: KnowledgeBase): string | undefined => {
  if (Object.keys(files).length === 0) return undefined;
  if (bedrock !== undefined && status !== 'deleting') return bedrock.bedrockKnowledgeBaseId;
  throw problem('knowledge-base-not-ready', `The knowledge base is "${status}": its files cannot be searched yet.`, {
    retryAfterSeconds: 5,
  });
};

const descriptionOf = ({ files }: KnowledgeBase, { path }: Passage) => {
  const description = files[path]?.description;
  return description === undefined ? {} : { description };
};

const passageView = ({ path, description, page, text: words, score }: Passage) => ({
  path,
  description: description ?? null,
  page: page ?? null,
  text: words,
  score,
});
