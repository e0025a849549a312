import { channelTaskDependencies } from '../../../shared/channels/channel-dependencies.ts';
import { PlanChannelsEnv, planChannels } from '../../../shared/channels/plan-channels.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { toldAgentStore } from '../../../shared/live/live-dependencies.ts';

const env = parseEnv(PlanChannelsEnv);
export const handler = planChannels({ ...channelTaskDependencies(env), agents: toldAgentStore(env) });
