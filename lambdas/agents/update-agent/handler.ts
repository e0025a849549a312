import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { replaceAgent, UpdateAgentEnv, updateAgent } from '../../../shared/agents/update-agent.ts';
import { updateAgentDependencies } from '../../../shared/agents/update-dependencies.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = updateAgentDependencies(parseEnv(UpdateAgentEnv));
export const handler = httpLambda(AGENT_OPERATIONS)({
  updateAgent: updateAgent(deps),
  replaceAgent: replaceAgent(deps),
});
