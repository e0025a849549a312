import { GetAgentEnv, getAgent } from '../../../shared/agents/get-agent.ts';
import { readDependencies } from '../../../shared/agents/read-dependencies.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = httpLambda({ getAgent: getAgent(readDependencies(parseEnv(GetAgentEnv))) });
