import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');

/** One folder a Lambda, written by `scripts/build-functions.ts`. */
export const FUNCTIONS_DIR = join(ROOT, 'build/functions');

/** The AgentCreator's code, written by `scripts/build-agentkit.ts`. */
export const AGENT_CREATOR_DIR = join(ROOT, 'build/agentkit/agent-creator');

/** The dashboard's files, written by `scripts/build-dashboard.ts`. */
export const WEB_DIR = join(ROOT, 'build/web');

/** What the media container's image is made of, written by `scripts/build-media.ts`. */
export const MEDIA_DIR = join(ROOT, 'build/media');

/** The ElizaOS server's image, as it stands: nothing of it is built. */
export const ELIZA_DIR = join(ROOT, 'containers/eliza');

export const STATE_MACHINES_DIR = join(ROOT, 'statemachines');
