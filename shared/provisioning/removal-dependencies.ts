import { iamRoleRemoval } from './agent-roles-iam.ts';
import { agentCoreRuntimes } from './agent-runtimes-agentcore.ts';
import type { RuntimeRemovalDeps } from './remove-runtime.ts';

/** What takes a runtime and its role down. */
export const runtimeRemoval = (): RuntimeRemovalDeps => ({ runtimes: agentCoreRuntimes(), roles: iamRoleRemoval() });
