import { CALL_OPERATIONS } from '../../../shared/calls/call-operations.ts';
import { dynamoCallStore } from '../../../shared/calls/calls-dynamodb.ts';
import { ListCallsEnv, listCalls } from '../../../shared/calls/list-calls.ts';
import { secretsManagerCursorKey } from '../../../shared/http/cursor-key-secrets-manager.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock as clock } from '../../../shared/kernel/real-dependencies.ts';

const env = parseEnv(ListCallsEnv);
const deps = { calls: dynamoCallStore(env), cursorKey: secretsManagerCursorKey(env), clock };
export const handler = httpLambda(CALL_OPERATIONS)({ listCalls: listCalls(deps) });
