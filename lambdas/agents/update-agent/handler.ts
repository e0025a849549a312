import { apiAgentDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { replaceAgent, UpdateAgentEnv, updateAgent } from '../../../shared/agents/update-agent.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = apiAgentDependencies(parseEnv(UpdateAgentEnv));
export const handler = httpLambda({ updateAgent: updateAgent(deps), replaceAgent: replaceAgent(deps) });
