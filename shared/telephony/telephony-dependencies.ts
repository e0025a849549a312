import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { dynamoChannelStore } from '../channels/channels-dynamodb.ts';
import { secretsManagerCursorKey } from '../http/cursor-key-secrets-manager.ts';
import { dynamoIdempotencyStore } from '../http/idempotency-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { dynamoTicketStore } from '../voice/stores/connections-dynamodb.ts';
import { dynamoSessionStore } from '../voice/stores/sessions-dynamodb.ts';
import type { AnswerPhoneCallDeps, AnswerPhoneCallEnv } from './answer-phone-call.ts';
import { connectDesk } from './connect-desk.ts';
import { connectNumbers } from './connect-numbers-api.ts';
import type { ManagePhoneNumbersDeps, ManagePhoneNumbersEnv } from './manage-phone-numbers.ts';
import { openPhoneCall } from './open-phone-call.ts';
import { dynamoPhoneNumberStore } from './phone-numbers-dynamodb.ts';
import type { PlaceCallDeps, PlaceCallEnv } from './place-call.ts';
import { twilioAccountOf } from './twilio-account-secrets-manager.ts';
import { twilioApi } from './twilio-api.ts';
import { twilioDesk } from './twilio-desk.ts';
import { twilioNumbers } from './twilio-numbers.ts';

interface TwilioEnv {
  readonly TWILIO_SECRET_NAME: string;
  readonly TWILIO_API_URL: string;
}

/** How the stage's account is asked; undefined where the stage has none. */
const accountOf = ({ TWILIO_SECRET_NAME, TWILIO_API_URL }: TwilioEnv) =>
  TWILIO_SECRET_NAME === ''
    ? undefined
    : { account: twilioAccountOf(TWILIO_SECRET_NAME), baseUrl: TWILIO_API_URL, fetch };

const twilioOf = (env: TwilioEnv) => {
  const account = accountOf(env);
  return account && twilioApi(account);
};

/** What managing numbers needs. */
export const phoneNumberDependencies = (env: z.output<typeof ManagePhoneNumbersEnv>): ManagePhoneNumbersDeps => {
  const { CONNECT_INSTANCE_ARN: instanceArn, STAGE: stage, PUBLIC_API_URL: apiUrl } = env;
  const account = accountOf(env);
  const twilio = account && twilioNumbers(account);
  const connect = instanceArn === '' ? undefined : connectNumbers(instanceArn);
  const desks = {
    twilio: twilioDesk({ twilio, addresses: { apiUrl } }),
    connect: connectDesk({ connect, instanceArn, stage, channels: dynamoChannelStore(env) }),
  };
  return {
    agents: dynamoAgentStore(env),
    numbers: dynamoPhoneNumberStore(env),
    desks,
    idempotency: dynamoIdempotencyStore(env),
    cursorKey: secretsManagerCursorKey(env),
    clock: systemClock,
    ids: randomIds,
  };
};

/** What calling somebody needs. */
export const placeCallDependencies = (env: z.output<typeof PlaceCallEnv>): PlaceCallDeps => ({
  agents: dynamoAgentStore(env),
  calls: dynamoCallStore(env),
  numbers: dynamoPhoneNumberStore(env),
  twilio: twilioOf(env),
  addresses: { apiUrl: env.PUBLIC_API_URL },
  idempotency: dynamoIdempotencyStore(env),
  clock: systemClock,
  ids: randomIds,
  recordTtlDays: env.CONVERSATION_TTL_DAYS,
});

/** What answering the provider needs. */
export const answerPhoneCallDependencies = (env: z.output<typeof AnswerPhoneCallEnv>): AnswerPhoneCallDeps => {
  const sessions = dynamoSessionStore(env);
  const policy = { tenantDailyBudgetUsd: env.VOICE_TENANT_DAILY_BUDGET_USD, recordTtlDays: env.CONVERSATION_TTL_DAYS };
  return {
    agents: dynamoAgentStore(env),
    numbers: dynamoPhoneNumberStore(env),
    calls: dynamoCallStore(env),
    open: openPhoneCall({ sessions, tickets: dynamoTicketStore(env), policy }),
    abandon: (call, failure) => sessions.abandon(call, { reason: 'failed', failure, nowMs: systemClock.now() }),
    account: env.TWILIO_SECRET_NAME === '' ? undefined : twilioAccountOf(env.TWILIO_SECRET_NAME),
    addresses: { apiUrl: env.PUBLIC_API_URL, webSocketUrl: env.PUBLIC_WEBSOCKET_URL },
    idempotency: dynamoIdempotencyStore(env),
    clock: systemClock,
    ids: randomIds,
    log: jsonLog,
  };
};
