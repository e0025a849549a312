import { channelTaskDependencies } from '../../../shared/channels/channel-dependencies.ts';
import { DeployConnectChannelEnv } from '../../../shared/channels/channel-env.ts';
import { connectDeployerOf } from '../../../shared/channels/connect-channel-dependencies.ts';
import { deployChannel } from '../../../shared/channels/deploy-channel.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(DeployConnectChannelEnv);
export const handler = deployChannel({ ...channelTaskDependencies(env), deployer: connectDeployerOf(env) });
