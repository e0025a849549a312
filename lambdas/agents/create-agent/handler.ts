import { apiAgentDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { CreateAgentEnv, createAgent } from '../../../shared/agents/create-agent.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = httpLambda(AGENT_OPERATIONS)({
  createAgent: createAgent(apiAgentDependencies(parseEnv(CreateAgentEnv))),
});
