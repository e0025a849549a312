import type { AgentCreator } from './agent-creator.ts';
import { buildId, MAX_BUILD_ATTEMPTS } from './resource-names.ts';
import type { TaskInput } from './task-contract.ts';

/** Ends whatever sessions the builds of a run have. */
export const stopBuilds = async (
  creator: Pick<AgentCreator, 'stopBuild'>,
  { agentId, version, run }: Pick<TaskInput, 'agentId' | 'version' | 'run'>,
): Promise<void> => {
  for (let attempt = 1; attempt <= MAX_BUILD_ATTEMPTS; attempt += 1) {
    await creator.stopBuild(buildId({ agentId, version, run, attempt }));
  }
};
