import { secretsManagerCursorKey } from '../../../shared/http/cursor-key-secrets-manager.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { dynamoKnowledgeBaseStore } from '../../../shared/knowledge/knowledge-bases-dynamodb.ts';
import { KNOWLEDGE_OPERATIONS } from '../../../shared/knowledge/knowledge-operations.ts';
import { ListKnowledgeBasesEnv, listKnowledgeBases } from '../../../shared/knowledge/list-knowledge-bases.ts';

const env = parseEnv(ListKnowledgeBasesEnv);
const deps = { knowledge: dynamoKnowledgeBaseStore(env), cursorKey: secretsManagerCursorKey(env) };
export const handler = httpLambda(KNOWLEDGE_OPERATIONS)({ listKnowledgeBases: listKnowledgeBases(deps) });
