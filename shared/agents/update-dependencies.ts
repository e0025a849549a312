import type * as z from 'zod';
import { dynamoChannelStore } from '../channels/channels-dynamodb.ts';
import { apiAgentDependencies } from './agent-dependencies.ts';
import type { UpdateAgentEnv } from './update-agent.ts';

/** What changing agents needs: a change of the business reaches their channels. */
export const updateAgentDependencies = (env: z.output<typeof UpdateAgentEnv>) => ({
  ...apiAgentDependencies(env),
  channels: dynamoChannelStore(env),
});
