import * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { KnowledgeBaseId } from '../kernel/ids.ts';
import { knowledgeBaseNotFound } from '../kernel/problems.ts';
import type { KnowledgeBaseStore } from './knowledge-base-store.ts';
import { knowledgeBaseView } from './knowledge-base-views.ts';

export const GetKnowledgeBaseEnv = z.object({ KNOWLEDGE_BASES_TABLE: text });

export interface GetKnowledgeBaseDeps {
  readonly knowledge: Pick<KnowledgeBaseStore, 'find'>;
}

/** A knowledge base of the caller's with the state of each file; that of another tenant does not exist for him. */
export const getKnowledgeBase =
  ({ knowledge }: GetKnowledgeBaseDeps) =>
  async ({ userId, params }: RequestOf<'getKnowledgeBase'>): Promise<ApiAnswer> => {
    const id = KnowledgeBaseId.safeParse(params.knowledgeBaseId);
    const base = id.success ? await knowledge.find(id.data) : undefined;
    if (base === undefined || base.userId !== userId) throw knowledgeBaseNotFound(params.knowledgeBaseId ?? '');
    return { status: 200, body: knowledgeBaseView(base) };
  };
