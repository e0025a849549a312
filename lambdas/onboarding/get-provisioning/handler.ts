import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { dynamoChannelStore } from '../../../shared/channels/channels-dynamodb.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock } from '../../../shared/kernel/real-dependencies.ts';
import { GetProvisioningEnv, getProvisioning } from '../../../shared/onboarding/get-provisioning.ts';
import { ONBOARDING_OPERATIONS } from '../../../shared/onboarding/onboarding-operations.ts';

const env = parseEnv(GetProvisioningEnv);
const deps = { agents: dynamoAgentStore(env), channels: dynamoChannelStore(env), clock: systemClock };
export const handler = httpLambda(ONBOARDING_OPERATIONS)({ getProvisioning: getProvisioning(deps) });
