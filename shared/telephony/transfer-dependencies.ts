import type * as z from 'zod';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { waitingCallTelling } from '../live/call-telling.ts';
import { dynamoTransferStore } from '../transfer/transfers-dynamodb.ts';
import { dynamoCallOpenings } from '../voice/stores/call-openings-dynamodb.ts';
import { dynamoTicketStore } from '../voice/stores/connections-dynamodb.ts';
import type { AnswerCallStatusDeps } from './answer-call-status.ts';
import type { AnswerTransferEnv } from './answer-transfer.ts';
import { dynamoPhoneNumberReader } from './phone-numbers-dynamodb.ts';
import { twilioAccountOf } from './twilio-account-secrets-manager.ts';

/** What saying how calls go on needs. */
export const answerTransferDependencies = (env: z.output<typeof AnswerTransferEnv>): AnswerCallStatusDeps => {
  const telling = waitingCallTelling(env);
  const { feed, settle } = telling;
  const sessions = telling.toldOpenings(dynamoCallOpenings(env));
  return {
    sessions,
    abandon: (call, failure) => sessions.abandon(call, { reason: 'failed', failure, nowMs: systemClock.now() }),
    numbers: dynamoPhoneNumberReader(env),
    calls: telling.toldCalls(dynamoCallStore(env)),
    transfers: dynamoTransferStore(env),
    tickets: dynamoTicketStore(env),
    feed: {
      recorded: (call, entries) => feed.recorded(call, entries).then(settle),
      ended: (call, entries, end) => feed.ended(call, entries, end).then(settle),
    },
    dialPrefixes: env.DIAL_PREFIXES,
    account: env.TWILIO_SECRET_NAME === '' ? undefined : twilioAccountOf(env.TWILIO_SECRET_NAME),
    addresses: { apiUrl: env.PUBLIC_API_URL, webSocketUrl: env.PUBLIC_WEBSOCKET_URL },
    clock: systemClock,
    ids: randomIds,
    log: jsonLog,
  };
};
