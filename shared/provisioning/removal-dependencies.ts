import type * as z from 'zod';
import { agentCoreAgentCreator } from './agent-creator-agentcore.ts';
import { iamRoleRemoval } from './agent-roles-iam.ts';
import { agentCoreRuntimes } from './agent-runtimes-agentcore.ts';
import type { CompensateDeps, CompensateEnv } from './compensate.ts';
import { s3Objects } from './objects-s3.ts';
import { knowledgeEngines, knowledgeTaskDependencies } from './real-dependencies.ts';
import type { RuntimeRemovalDeps } from './remove-runtime.ts';

/** What takes a runtime and its role down. */
export const runtimeRemoval = (): RuntimeRemovalDeps => ({ runtimes: agentCoreRuntimes(), roles: iamRoleRemoval() });

/** What compensation needs. */
export const compensationDependencies = (settings: z.output<typeof CompensateEnv>): CompensateDeps => ({
  ...knowledgeTaskDependencies(settings),
  ...knowledgeEngines(settings),
  ...runtimeRemoval(),
  code: s3Objects(settings.CODE_BUCKET),
  creator: agentCoreAgentCreator(settings),
  settings,
});
