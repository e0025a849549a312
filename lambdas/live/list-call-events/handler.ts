import { dynamoCallStore } from '../../../shared/calls/calls-dynamodb.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock } from '../../../shared/kernel/real-dependencies.ts';
import { ListCallEventsEnv, listCallEvents } from '../../../shared/live/list-call-events.ts';
import { LIVE_OPERATIONS } from '../../../shared/live/live-operations.ts';

const deps = { calls: dynamoCallStore(parseEnv(ListCallEventsEnv)), clock: systemClock };
export const handler = httpLambda(LIVE_OPERATIONS)({ listCallEvents: listCallEvents(deps) });
