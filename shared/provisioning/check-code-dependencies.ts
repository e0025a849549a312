import type * as z from 'zod';
import { agentCoreAgentCreator } from './agent-creator-agentcore.ts';
import type { CheckCodeDeps, CheckCodeEnv } from './check-code.ts';
import { s3Objects } from './objects-s3.ts';
import { taskDependencies } from './real-dependencies.ts';

/** All that CheckCode needs besides the code checker itself, which its entry file finds beside it. */
export const checkCodeDependencies = (settings: z.output<typeof CheckCodeEnv>): Omit<CheckCodeDeps, 'checkCode'> => ({
  ...taskDependencies(settings),
  code: s3Objects(settings.CODE_BUCKET),
  creator: agentCoreAgentCreator(settings),
  settings,
});
