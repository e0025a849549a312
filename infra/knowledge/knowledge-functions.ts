import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { GetKnowledgeBaseEnv, ListKnowledgeBasesEnv, QueryKnowledgeBaseEnv } from '../environments.ts';
import type { CursorSecret } from '../http/cursor-secret.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';
import type { KnowledgeStore } from './knowledge-store.ts';

export interface KnowledgeFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly knowledge: KnowledgeStore;
  readonly cursorSecret: CursorSecret;
}

/** The functions behind `/knowledge-bases`. */
export class KnowledgeFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, stores, knowledge, cursorSecret }: KnowledgeFunctionsProps) {
    super(scope, id);
    const list = new OratioFunction(this, 'ListKnowledgeBases', {
      config,
      name: 'list-knowledge-bases',
      schema: ListKnowledgeBasesEnv,
      timeout: HTTP_TIMEOUT,
    });
    stores.knowledgeBases.grantQueryOf(list, 'userId-index');
    cursorSecret.grantRead(list);
    const get = new OratioFunction(this, 'GetKnowledgeBase', {
      config,
      name: 'get-knowledge-base',
      schema: GetKnowledgeBaseEnv,
      timeout: HTTP_TIMEOUT,
    });
    stores.knowledgeBases.grant(get, 'GetItem');
    const query = new OratioFunction(this, 'QueryKnowledgeBase', {
      config,
      name: 'query-knowledge-base',
      schema: QueryKnowledgeBaseEnv,
      timeout: HTTP_TIMEOUT,
    });
    stores.knowledgeBases.grant(query, 'GetItem');
    knowledge.grantRead(query, 'Retrieve');
    this.api = [list, get, query];
  }
}
