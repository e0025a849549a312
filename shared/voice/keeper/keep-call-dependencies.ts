import type * as z from 'zod';
import { randomIds, systemClock } from '../../kernel/real-dependencies.ts';
import { dynamoSessionStore } from '../stores/sessions-dynamodb.ts';
import type { KeepCallEnv } from './keep-call-env.ts';
import { lambdaOwnerSummoner } from './owner-summoner-lambda.ts';
import type { KeeperDeps } from './session-keeper.ts';

/** What keeping calls needs. */
export const keeperDependencies = (env: z.output<typeof KeepCallEnv>): KeeperDeps => ({
  sessions: dynamoSessionStore(env),
  owners: lambdaOwnerSummoner(env),
  clock: systemClock,
  secret: randomIds.secret,
});
