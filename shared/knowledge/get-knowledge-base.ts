import * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import type { KnowledgeBaseStore } from './knowledge-base-store.ts';
import { knowledgeBaseView } from './knowledge-base-views.ts';
import { requestedKnowledgeBase } from './requested-knowledge-base.ts';

export const GetKnowledgeBaseEnv = z.object({ KNOWLEDGE_BASES_TABLE: text });

export interface GetKnowledgeBaseDeps {
  readonly knowledge: Pick<KnowledgeBaseStore, 'find'>;
}

/** A knowledge base of the caller's with the state of each file; that of another tenant does not exist for him. */
export const getKnowledgeBase =
  ({ knowledge }: GetKnowledgeBaseDeps) =>
  async (request: RequestOf<'getKnowledgeBase'>): Promise<ApiAnswer> => ({
    status: 200,
    body: knowledgeBaseView(await requestedKnowledgeBase({ knowledge }, request)),
  });
