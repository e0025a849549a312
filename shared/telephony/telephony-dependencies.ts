import type * as z from 'zod';
import { dynamoAgentReader } from '../agents/agent-reader-dynamodb.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { dynamoIdempotencyStore } from '../http/idempotency-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { waitingCallTelling } from '../live/call-telling.ts';
import { dynamoCallOpenings } from '../voice/stores/call-openings-dynamodb.ts';
import { dynamoTicketStore } from '../voice/stores/connections-dynamodb.ts';
import type { AnswerPhoneCallDeps, AnswerPhoneCallEnv } from './answer-phone-call.ts';
import { openPhoneCall } from './open-phone-call.ts';
import { dynamoPhoneNumberReader } from './phone-numbers-dynamodb.ts';
import type { PlaceCallDeps, PlaceCallEnv } from './place-call.ts';
import { stageAccountOf, type TwilioEnv, twilioAccountOf } from './twilio-account-secrets-manager.ts';
import { twilioApi } from './twilio-api.ts';

/** Calls by the stage's account; undefined where the stage has none. */
const twilioOf = (env: TwilioEnv) => {
  const account = stageAccountOf(env);
  return account && twilioApi(account);
};

/** What calling somebody needs. */
export const placeCallDependencies = (env: z.output<typeof PlaceCallEnv>): PlaceCallDeps => ({
  agents: dynamoAgentReader(env),
  calls: waitingCallTelling(env).toldCalls(dynamoCallStore(env)),
  numbers: dynamoPhoneNumberReader(env),
  twilio: twilioOf(env),
  addresses: { apiUrl: env.PUBLIC_API_URL },
  idempotency: dynamoIdempotencyStore(env),
  clock: systemClock,
  ids: randomIds,
  recordTtlDays: env.CONVERSATION_TTL_DAYS,
});

/** What answering the provider needs. */
export const answerPhoneCallDependencies = (env: z.output<typeof AnswerPhoneCallEnv>): AnswerPhoneCallDeps => {
  const telling = waitingCallTelling(env);
  const sessions = telling.toldOpenings(dynamoCallOpenings(env));
  const policy = { tenantDailyBudgetUsd: env.VOICE_TENANT_DAILY_BUDGET_USD, recordTtlDays: env.CONVERSATION_TTL_DAYS };
  return {
    numbers: dynamoPhoneNumberReader(env),
    account: env.TWILIO_SECRET_NAME === '' ? undefined : twilioAccountOf(env.TWILIO_SECRET_NAME),
    addresses: { apiUrl: env.PUBLIC_API_URL, webSocketUrl: env.PUBLIC_WEBSOCKET_URL },
    clock: systemClock,
    log: jsonLog,
    agents: dynamoAgentReader(env),
    calls: telling.toldCalls(dynamoCallStore(env)),
    open: openPhoneCall({ sessions, tickets: dynamoTicketStore(env), policy }),
    idempotency: dynamoIdempotencyStore(env),
    ids: randomIds,
  };
};
