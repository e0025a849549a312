import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { GetAgentEnv, getAgent } from '../../../shared/agents/get-agent.ts';
import { readDependencies } from '../../../shared/agents/read-dependencies.ts';
import { dynamoChannelStore } from '../../../shared/channels/channels-dynamodb.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(GetAgentEnv);
const deps = { ...readDependencies(env), channels: dynamoChannelStore(env) };
export const handler = httpLambda(AGENT_OPERATIONS)({ getAgent: getAgent(deps) });
