import type { ApiRequest } from '../http/request.ts';
import { KnowledgeBaseId } from '../kernel/ids.ts';
import { knowledgeBaseNotFound } from '../kernel/problems.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import type { KnowledgeBaseStore } from './knowledge-base-store.ts';

/** The knowledge base a request names; throws `knowledge-base-not-found`, also where it is another tenant's. */
export const requestedKnowledgeBase = async (
  { knowledge }: { readonly knowledge: Pick<KnowledgeBaseStore, 'find'> },
  { userId, params }: Pick<ApiRequest, 'userId' | 'params'>,
): Promise<KnowledgeBase> => {
  const id = KnowledgeBaseId.safeParse(params.knowledgeBaseId);
  const base = id.success ? await knowledge.find(id.data) : undefined;
  if (base === undefined || base.userId !== userId) throw knowledgeBaseNotFound(params.knowledgeBaseId ?? '');
  return base;
};
