import { agentContextDependencies } from '../../../shared/control/control-dependencies.ts';
import { CONTROL_OPERATIONS } from '../../../shared/control/control-operations.ts';
import * as context from '../../../shared/control/manage-agent-context.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = agentContextDependencies(parseEnv(context.ManageAgentContextEnv));
const [getAgentContext, putAgentContext] = [context.getAgentContext(deps), context.putAgentContext(deps)];
export const handler = httpLambda(CONTROL_OPERATIONS)({ getAgentContext, putAgentContext });
