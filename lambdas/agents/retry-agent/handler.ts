import { runDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { RetryAgentEnv, retryAgent } from '../../../shared/agents/retry-agent.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = httpLambda(AGENT_OPERATIONS)({
  retryAgent: retryAgent(runDependencies(parseEnv(RetryAgentEnv))),
});
