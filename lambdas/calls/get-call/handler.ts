import { CALL_OPERATIONS } from '../../../shared/calls/call-operations.ts';
import { dynamoCallStore } from '../../../shared/calls/calls-dynamodb.ts';
import { GetCallEnv, getCall } from '../../../shared/calls/get-call.ts';
import { s3Recordings } from '../../../shared/calls/recordings-s3.ts';
import { dynamoControlStore } from '../../../shared/control/control-dynamodb.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock as clock } from '../../../shared/kernel/real-dependencies.ts';

const env = parseEnv(GetCallEnv);
const deps = { calls: dynamoCallStore(env), control: dynamoControlStore(env), recordings: s3Recordings(env), clock };
export const handler = httpLambda(CALL_OPERATIONS)({ getCall: getCall(deps) });
