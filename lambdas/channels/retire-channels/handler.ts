import { RetireChannelsEnv } from '../../../shared/channels/channel-env.ts';
import { retireChannels } from '../../../shared/channels/retire-channels.ts';
import { retireChannelsDependencies } from '../../../shared/channels/retire-dependencies.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = retireChannels(retireChannelsDependencies(parseEnv(RetireChannelsEnv)));
