import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { dynamoKnowledgeBaseStore } from '../../../shared/knowledge/knowledge-bases-dynamodb.ts';
import { KNOWLEDGE_OPERATIONS } from '../../../shared/knowledge/knowledge-operations.ts';
import { bedrockPassages } from '../../../shared/knowledge/passages-bedrock.ts';
import { QueryKnowledgeBaseEnv, queryKnowledgeBase } from '../../../shared/knowledge/query-knowledge-base.ts';

const deps = { knowledge: dynamoKnowledgeBaseStore(parseEnv(QueryKnowledgeBaseEnv)), passages: bedrockPassages() };
export const handler = httpLambda(KNOWLEDGE_OPERATIONS)({ queryKnowledgeBase: queryKnowledgeBase(deps) });
