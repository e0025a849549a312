import { apiAgentDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { CreateAgentEnv, createAgent } from '../../../shared/agents/create-agent.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = httpLambda({ createAgent: createAgent(apiAgentDependencies(parseEnv(CreateAgentEnv))) });
