import { apiAgentDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { replaceAgent, UpdateAgentEnv, updateAgent } from '../../../shared/agents/update-agent.ts';
import { dynamoChannelStore } from '../../../shared/channels/channels-dynamodb.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(UpdateAgentEnv);
const deps = { ...apiAgentDependencies(env), channels: dynamoChannelStore(env) };
export const handler = httpLambda(AGENT_OPERATIONS)({
  updateAgent: updateAgent(deps),
  replaceAgent: replaceAgent(deps),
});
