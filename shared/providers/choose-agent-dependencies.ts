import type * as z from 'zod';
import { apiAgentDependencies } from '../agents/agent-dependencies.ts';
import type { ChooseAgentDeps, ChooseAgentEnv } from './choose-agent.ts';
import { dynamoDefaultAgents } from './default-agents-dynamodb.ts';

/** What choosing agents, and making the first, needs. */
export const chooseAgentDependencies = (env: z.output<typeof ChooseAgentEnv>): ChooseAgentDeps => ({
  ...apiAgentDependencies(env),
  defaults: dynamoDefaultAgents(env),
  firstAgent: env.FIRST_AGENT,
});
