import type * as z from 'zod';
import { dynamoAgentStore } from '../../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../../calls/calls-dynamodb.ts';
import { randomIds, systemClock } from '../../kernel/real-dependencies.ts';
import { type CallTelling, waitingCallTelling } from '../../live/call-telling.ts';
import { dynamoSessionStore } from '../stores/sessions-dynamodb.ts';
import { callMemoryOf } from './call-memory-dependencies.ts';
import type { KeepCallDeps } from './keep-call.ts';
import type { KeepCallEnv } from './keep-call-env.ts';
import { lambdaOwnerSummoner } from './owner-summoner-lambda.ts';
import { s3RecordingUploads } from './recording-uploads-s3.ts';

/** What keeping calls needs. */
export const keeperDependencies = (
  env: z.output<typeof KeepCallEnv>,
  telling: CallTelling = waitingCallTelling(env),
): KeepCallDeps => ({
  telling,
  calls: dynamoCallStore(env),
  uploads: s3RecordingUploads(env),
  sessions: telling.told(dynamoSessionStore(env)),
  owners: lambdaOwnerSummoner(env),
  agents: dynamoAgentStore(env),
  clock: systemClock,
  secret: randomIds.secret,
  memory: callMemoryOf(env),
});
