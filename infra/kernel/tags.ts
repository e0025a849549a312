import type { StageConfig } from '../config.ts';

/** What every resource of a stage carries; the workflow adds `userId` and `agentId` to what it makes for an agent. */
export const stageTags = (config: StageConfig, resourceType: string): Record<string, string> => ({
  platform: 'oratio',
  environment: config.stage,
  resourceType,
});
