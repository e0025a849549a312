import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { dynamoChannelStore } from '../channels/channels-dynamodb.ts';
import { secretsManagerCursorKey } from '../http/cursor-key-secrets-manager.ts';
import { dynamoIdempotencyStore } from '../http/idempotency-dynamodb.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { connectDesk } from './connect-desk.ts';
import { connectNumbers } from './connect-numbers-api.ts';
import type { ManagePhoneNumbersDeps, ManagePhoneNumbersEnv } from './manage-phone-numbers.ts';
import { dynamoPhoneNumberStore } from './phone-numbers-dynamodb.ts';
import { stageAccountOf } from './twilio-account-secrets-manager.ts';
import { twilioDesk } from './twilio-desk.ts';
import { twilioNumbers } from './twilio-numbers.ts';

/** What managing numbers needs. */
export const phoneNumberDependencies = (env: z.output<typeof ManagePhoneNumbersEnv>): ManagePhoneNumbersDeps => {
  const { CONNECT_INSTANCE_ARN: instanceArn, STAGE: stage, PUBLIC_API_URL: apiUrl } = env;
  const account = stageAccountOf(env);
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
