import { channelTaskDependencies } from '../../../shared/channels/channel-dependencies.ts';
import { DeploySocialChannelEnv } from '../../../shared/channels/channel-env.ts';
import { deployChannel } from '../../../shared/channels/deploy-channel.ts';
import { socialDeployerOf } from '../../../shared/channels/social-channel-dependencies.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(DeploySocialChannelEnv);
export const handler = deployChannel({ ...channelTaskDependencies(env), deployer: socialDeployerOf(env) });
