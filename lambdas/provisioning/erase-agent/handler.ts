import { parseEnv } from '../../../shared/kernel/env.ts';
import { EraseAgentEnv, eraseAgent } from '../../../shared/provisioning/erase-agent.ts';
import { eraseDependencies } from '../../../shared/provisioning/erase-dependencies.ts';

export const handler = eraseAgent(eraseDependencies(parseEnv(EraseAgentEnv)));
