import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type * as z from 'zod';
import { type AgentPackage, packageAgent } from '../building/package-agent.ts';
import { agentTrust } from './agent-roles.ts';
import { iamAgentRoles } from './agent-roles-iam.ts';
import { agentCoreRuntimes } from './agent-runtimes-agentcore.ts';
import { type DeployAgentCoreDeps, type DeployAgentCoreEnv, homeOf } from './deploy-agent-core.ts';
import { s3Objects } from './objects-s3.ts';
import { knowledgeTaskDependencies } from './real-dependencies.ts';

/**
 * What the deployer needs.
 * @param hostDirectory where the prebuilt host of agents lies: `main.js` and `node_modules/`
 * @param region the region this function runs in (Lambda's `AWS_REGION`)
 */
export const deploymentDependencies = (
  settings: z.output<typeof DeployAgentCoreEnv>,
  hostDirectory: string,
  region: string,
): DeployAgentCoreDeps => {
  const home = homeOf(settings.AGENT_BOUNDARY_ARN, region);
  const role = { path: settings.AGENT_ROLE_PATH, boundaryArn: settings.AGENT_BOUNDARY_ARN, trust: agentTrust(home) };
  return {
    ...knowledgeTaskDependencies(settings),
    code: s3Objects(settings.CODE_BUCKET),
    roles: iamAgentRoles(role),
    runtimes: agentCoreRuntimes(),
    runtimeFiles: () => readTree(hostDirectory),
    packageAgent,
    home,
    settings,
  };
};

/** Every file below a directory, by its path from there with `/`. */
const readTree = async (directory: string): Promise<AgentPackage['runtimeFiles']> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(
    async (path) => [relative(directory, path).replaceAll('\\', '/'), await readFile(path)] as const,
  );
  return Object.fromEntries(await Promise.all(files));
};
