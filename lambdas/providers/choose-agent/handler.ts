import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { ChooseAgentEnv, getCurrentAgent, setDefaultAgent } from '../../../shared/providers/choose-agent.ts';
import { chooseAgentDependencies } from '../../../shared/providers/choose-agent-dependencies.ts';
import { PROVIDER_OPERATIONS } from '../../../shared/providers/provider-operations.ts';

const deps = chooseAgentDependencies(parseEnv(ChooseAgentEnv));
export const handler = httpLambda(PROVIDER_OPERATIONS)({
  setDefaultAgent: setDefaultAgent(deps),
  getCurrentAgent: getCurrentAgent(deps),
});
