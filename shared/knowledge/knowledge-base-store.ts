import type { KnowledgeBaseId, UserId } from '../kernel/ids.ts';
import type { KnowledgeBase, KnowledgeFile } from './knowledge-base.ts';

type Changeable = Pick<KnowledgeBase, 'status' | 'statusReason' | 'bedrock' | 'folderFileDescriptions'>;

/** Attributes to set; `null` removes one. `files` are merged by path. */
export type KnowledgeBaseChange = { readonly [Name in keyof Changeable]?: Changeable[Name] | null } & {
  readonly files?: Readonly<Record<string, KnowledgeFile | null>>;
};

export interface KnowledgeBasePage {
  readonly knowledgeBases: readonly KnowledgeBase[];
  /** The knowledge base after which the next page starts; absent on the last page. */
  readonly last?: KnowledgeBaseId;
}

/** The knowledge bases of all tenants; every access is by key or index. The rows are created with their agents. */
export interface KnowledgeBaseStore {
  /** Strongly consistent. Callers compare `userId` themselves: the key does not hold it. */
  readonly find: (knowledgeBaseId: KnowledgeBaseId) => Promise<KnowledgeBase | undefined>;
  /** Newest first. */
  readonly list: (query: {
    readonly userId: UserId;
    readonly limit: number;
    readonly after?: KnowledgeBaseId;
  }) => Promise<KnowledgeBasePage>;
  /** The row after the change; undefined when there is none (it is never brought back to life). */
  readonly update: (
    knowledgeBaseId: KnowledgeBaseId,
    change: KnowledgeBaseChange,
    options: { readonly now: number },
  ) => Promise<KnowledgeBase | undefined>;
  /** Nothing happens when it is gone already. */
  readonly remove: (knowledgeBaseId: KnowledgeBaseId) => Promise<void>;
}
