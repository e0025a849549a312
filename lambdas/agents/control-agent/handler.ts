import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { ControlAgentEnv, controlAgent } from '../../../shared/agents/control-agent.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock } from '../../../shared/kernel/real-dependencies.ts';
import { toldAgentStore } from '../../../shared/live/live-dependencies.ts';

const deps = { agents: toldAgentStore(parseEnv(ControlAgentEnv)), clock: systemClock };
const [startAgent, stopAgent] = [controlAgent(deps, 'start'), controlAgent(deps, 'stop')];
const [pauseAgent, resumeAgent] = [controlAgent(deps, 'pause'), controlAgent(deps, 'resume')];
export const handler = httpLambda(AGENT_OPERATIONS)({ startAgent, stopAgent, pauseAgent, resumeAgent });
