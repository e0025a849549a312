import type * as z from 'zod';
import { channelTaskDependencies } from './channel-dependencies.ts';
import type { RetireChannelsEnv } from './channel-env.ts';
import { connectDeployerOf } from './connect-channel-dependencies.ts';
import type { RetireChannelsDeps } from './retire-channels.ts';
import { socialDeployerOf } from './social-channel-dependencies.ts';

/** What taking down channels of every kind needs. */
export const retireChannelsDependencies = (env: z.output<typeof RetireChannelsEnv>): RetireChannelsDeps => ({
  ...channelTaskDependencies(env),
  deployers: { connect: connectDeployerOf(env), social: socialDeployerOf(env) },
});
