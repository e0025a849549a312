import * as z from 'zod';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { KnowledgeBaseId, type UserId } from '../kernel/ids.ts';
import type { KnowledgeBaseStore } from './knowledge-base-store.ts';
import { knowledgeBaseView } from './knowledge-base-views.ts';

export const ListKnowledgeBasesEnv = z.object({ KNOWLEDGE_BASES_TABLE: text, CURSOR_SECRET_ARN: text });

export interface ListKnowledgeBasesDeps {
  readonly knowledge: Pick<KnowledgeBaseStore, 'list'>;
  readonly cursorKey: CursorKey;
}

/** A page of the caller's knowledge bases, newest first. */
export const listKnowledgeBases =
  ({ knowledge, cursorKey }: ListKnowledgeBasesDeps) =>
  async ({ userId, query }: RequestOf<'listKnowledgeBases'>): Promise<ApiAnswer> => {
    const { limit, cursor } = query;
    const after =
      cursor === undefined
        ? {}
        : { after: KnowledgeBaseId.parse(openCursor(await cursorKey.read(), scopeOf(userId), cursor)) };
    const page = await knowledge.list({ userId, limit, ...after });
    const nextCursor = page.last === undefined ? null : sealCursor(await cursorKey.read(), scopeOf(userId), page.last);
    return { status: 200, body: { knowledgeBases: page.knowledgeBases.map(knowledgeBaseView), nextCursor } };
  };

const scopeOf = (userId: UserId): CursorScope => ({ userId, operation: 'listKnowledgeBases', filter: '' });
