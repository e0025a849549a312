import { apiAgentDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { replaceAgent, UpdateAgentEnv, updateAgent } from '../../../shared/agents/update-agent.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = apiAgentDependencies(parseEnv(UpdateAgentEnv));
export const handler = httpLambda(AGENT_OPERATIONS)({
  updateAgent: updateAgent(deps),
  replaceAgent: replaceAgent(deps),
});
