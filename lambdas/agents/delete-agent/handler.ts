import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { DeleteAgentEnv, deleteAgent } from '../../../shared/agents/delete-agent.ts';
import { readDependencies } from '../../../shared/agents/read-dependencies.ts';
import { stepFunctionsWorkflow } from '../../../shared/agents/workflow-stepfunctions.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(DeleteAgentEnv);
const deps = { ...readDependencies(env), retirement: stepFunctionsWorkflow(env.RETIRE_STATE_MACHINE_ARN) };
export const handler = httpLambda(AGENT_OPERATIONS)({ deleteAgent: deleteAgent(deps) });
