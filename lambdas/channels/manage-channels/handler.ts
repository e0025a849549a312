import { manageChannelsDependencies } from '../../../shared/channels/channel-dependencies.ts';
import { CHANNEL_OPERATIONS } from '../../../shared/channels/channel-operations.ts';
import * as channels from '../../../shared/channels/manage-channels.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = manageChannelsDependencies(parseEnv(channels.ManageChannelsEnv));
const [listChannels, putChannels] = [channels.listChannels(deps), channels.putChannels(deps)];
const retryChannel = channels.retryChannel(deps);
export const handler = httpLambda(CHANNEL_OPERATIONS)({ listChannels, putChannels, retryChannel });
