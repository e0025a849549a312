import { channelTaskDependencies } from '../../../shared/channels/channel-dependencies.ts';
import { PlanChannelsEnv, planChannels } from '../../../shared/channels/plan-channels.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = planChannels(channelTaskDependencies(parseEnv(PlanChannelsEnv)));
