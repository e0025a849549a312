import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { ListAgentsEnv, listAgents } from '../../../shared/agents/list-agents.ts';
import { secretsManagerCursorKey } from '../../../shared/http/cursor-key-secrets-manager.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(ListAgentsEnv);
const deps = { agents: dynamoAgentStore(env), cursorKey: secretsManagerCursorKey(env) };
export const handler = httpLambda(AGENT_OPERATIONS)({ listAgents: listAgents(deps) });
