import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { stepFunctionsWorkflow } from '../agents/workflow-stepfunctions.ts';
import { jsonLog } from '../kernel/log.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { dynamoChannelStore } from './channels-dynamodb.ts';
import type { ManageChannelsDeps, ManageChannelsEnv } from './manage-channels.ts';

interface Rows {
  readonly AGENTS_TABLE: string;
  readonly CHANNELS_TABLE: string;
}

/** What every function of the workflow needs that has to do with channels. */
export const channelTaskDependencies = (env: Rows) => ({
  agents: dynamoAgentStore(env),
  channels: dynamoChannelStore(env),
  clock: systemClock,
});

/** What changing channels needs. */
export const manageChannelsDependencies = (env: z.output<typeof ManageChannelsEnv>): ManageChannelsDeps => ({
  ...channelTaskDependencies(env),
  provisioning: stepFunctionsWorkflow(env.PROVISION_STATE_MACHINE_ARN),
  log: jsonLog,
});
