import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { GetKnowledgeBaseEnv, getKnowledgeBase } from '../../../shared/knowledge/get-knowledge-base.ts';
import { dynamoKnowledgeBaseStore } from '../../../shared/knowledge/knowledge-bases-dynamodb.ts';
import { KNOWLEDGE_OPERATIONS } from '../../../shared/knowledge/knowledge-operations.ts';

const deps = { knowledge: dynamoKnowledgeBaseStore(parseEnv(GetKnowledgeBaseEnv)) };
export const handler = httpLambda(KNOWLEDGE_OPERATIONS)({ getKnowledgeBase: getKnowledgeBase(deps) });
