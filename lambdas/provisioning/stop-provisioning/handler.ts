import { dynamoCallStore } from '../../../shared/calls/calls-dynamodb.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { agentCoreAgentCreator } from '../../../shared/provisioning/agent-creator-agentcore.ts';
import { sfnExecutions } from '../../../shared/provisioning/executions-sfn.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';
import { StopProvisioningEnv, stopProvisioning } from '../../../shared/provisioning/stop-provisioning.ts';
import { dynamoCallEndings } from '../../../shared/voice/stores/sessions-dynamodb.ts';

const env = parseEnv(StopProvisioningEnv);
const outside = { executions: sfnExecutions(env), creator: agentCoreAgentCreator(env) };
const voice = { calls: dynamoCallStore(env), callEndings: dynamoCallEndings(env) };
export const handler = stopProvisioning({ ...taskDependencies(env), ...outside, ...voice });
