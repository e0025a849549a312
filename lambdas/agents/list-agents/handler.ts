import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { dynamoAgentReaches } from '../../../shared/agents/agent-reach-dynamodb.ts';
import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { ListAgentsEnv, listAgents } from '../../../shared/agents/list-agents.ts';
import { secretsManagerCursorKey } from '../../../shared/http/cursor-key-secrets-manager.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(ListAgentsEnv);
const cursorKey = secretsManagerCursorKey(env);
const deps = { agents: dynamoAgentStore(env), reaches: dynamoAgentReaches(env), cursorKey };
export const handler = httpLambda(AGENT_OPERATIONS)({ listAgents: listAgents(deps) });
