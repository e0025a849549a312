import { apiAgentDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { ONBOARDING_OPERATIONS } from '../../../shared/onboarding/onboarding-operations.ts';
import { OnboardAgentEnv, provisionAgent } from '../../../shared/onboarding/provision-agent.ts';

export const handler = httpLambda(ONBOARDING_OPERATIONS)({
  provisionAgent: provisionAgent(apiAgentDependencies(parseEnv(OnboardAgentEnv))),
});
