import { fileURLToPath } from 'node:url';
import { parseEnv, text } from '../../../shared/kernel/env.ts';
import { DeployAgentCoreEnv, deployAgentCore } from '../../../shared/provisioning/deploy-agent-core.ts';
import { deploymentDependencies } from '../../../shared/provisioning/deployment-dependencies.ts';

const { AWS_REGION, ...settings } = parseEnv(DeployAgentCoreEnv.extend({ AWS_REGION: text }));
const hostDirectory = fileURLToPath(new URL('agent-host', import.meta.url));
export const handler = deployAgentCore(deploymentDependencies(settings, hostDirectory, AWS_REGION));
