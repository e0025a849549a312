import type * as z from 'zod';
import type { LocalTwilio } from '../../../local/twilio/index.ts';
import type { Agent } from '../../../shared/agents/agent.ts';
import type { RequestOf } from '../../../shared/http/http-lambda.ts';
import type { ApiAnswer } from '../../../shared/http/request.ts';
import type { UserId } from '../../../shared/kernel/ids.ts';
import { ProblemError } from '../../../shared/kernel/problems.ts';
import { connectDesk } from '../../../shared/telephony/connect-desk.ts';
import type { ManagePhoneNumbersDeps } from '../../../shared/telephony/manage-phone-numbers.ts';
import { numberUseCases } from '../../../shared/telephony/number-use-cases.ts';
import type { PhoneNumberView } from '../../../shared/telephony/phone-number-requests.ts';
import { dynamoPhoneNumberStore } from '../../../shared/telephony/phone-numbers-dynamodb.ts';
import { twilioDesk } from '../../../shared/telephony/twilio-desk.ts';
import { twilioNumbers } from '../../../shared/telephony/twilio-numbers.ts';
import { servingAgent, type startTables, TABLES } from '../../access/support/tables.ts';
import { memoryChannels } from '../../channels/support/memory-channels.ts';
import { memoryIdempotency } from './memory-idempotency.ts';

export const ANN = 'ann' as UserId;
export const BOB = 'bob' as UserId;
export const A1 = '019a5c1e-7d00-7a3b-9c55-0000000000a1';
export const A2 = '019a5c1e-7d00-7a3b-9c55-0000000000a2';
export const B1 = '019a5c1e-7d00-7a3b-9c55-0000000000b1';
export const AGENTS: Readonly<Record<string, string>> = { [A1]: 'ann', [A2]: 'ann', [B1]: 'bob' };
export type View = z.output<typeof PhoneNumberView>;
export const VOICE_URL = 'https://o.example/api/v1/webhooks/twilio/voice';
export const NOW = 1_795_000_000;

export type Query<Id extends 'listPhoneNumbers' | 'freePhoneNumber' | 'listPhoneNumberOffers'> = RequestOf<Id>['query'];

/** What was answered, or the code it was refused with. */
const outcome = async (answer: Promise<ApiAnswer>): Promise<unknown> => {
  try {
    const { status, body } = await answer;
    return body ?? status;
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
};

/** The use cases of numbers over embedded Twilio and DynamoDB, with what a test may do to time and requests. */
export const numbersWorld = (tables: Awaited<ReturnType<typeof startTables>>, twilio: LocalTwilio) => {
  const clock = { now: () => made.nowMs };
  const account = async () => twilio.account;
  const seen = { lost: 0, before: undefined as ((method: string) => Promise<void>) | undefined };
  /** Twilio by `fetch`; a test may lose answers, or act before a request goes out. */
  const send: typeof fetch = async (url, init) => {
    await seen.before?.(init?.method ?? 'GET');
    const response = await fetch(url, init);
    if (seen.lost === 0 || init?.method !== 'POST') return response;
    seen.lost -= 1;
    throw new Error('The answer was lost.');
  };
  const numbers = dynamoPhoneNumberStore(TABLES, tables.client);
  const ids: string[] = [];
  const deps: ManagePhoneNumbersDeps = {
    agents: {
      find: async ({ userId, agentId }) =>
        AGENTS[agentId] === userId ? servingAgent(agentId, { userId } as Partial<Agent>) : undefined,
    },
    numbers,
    desks: {
      twilio: twilioDesk({
        twilio: twilioNumbers({ account, baseUrl: twilio.url, fetch: send }),
        addresses: { apiUrl: 'https://o.example' },
      }),
      connect: connectDesk({ connect: undefined, instanceArn: '', stage: 'dev', channels: memoryChannels().store }),
    },
    idempotency: memoryIdempotency(),
    cursorKey: { read: async () => 'secret' },
    clock,
    ids: { inOrder: () => `019a5c1e-7d00-7a3b-9c55-${String(ids.push('')).padStart(12, '0')}` },
  };
  const use = numberUseCases(deps);
  const params = (phoneNumber: string) => ({ phoneNumber });
  const made = {
    nowMs: NOW * 1000,
    seen,
    numbers,
    sync: (userId = ANN) => outcome(use.syncPhoneNumbers({ userId })),
    list: async (userId = ANN, query: Partial<Query<'listPhoneNumbers'>> = {}) =>
      ((await use.listPhoneNumbers({ userId, query: { limit: 100, ...query } })).body as { phoneNumbers: View[] })
        .phoneNumbers,
    offers: (query: Partial<Query<'listPhoneNumberOffers'>> = {}) =>
      outcome(
        use.listPhoneNumberOffers({
          query: { provider: 'twilio', country: 'US', type: 'local', limit: 2, areaCode: undefined, ...query },
        }),
      ),
    claim: (
      wanted: {
        provider?: 'twilio' | 'connect';
        phoneNumber?: string;
        country?: string;
        key?: string;
        userId?: UserId;
      } = {},
    ) => {
      const { key, userId = ANN, provider = 'twilio', country = 'US', phoneNumber } = wanted;
      return outcome(
        use.claimPhoneNumber({
          userId,
          headers: key === undefined ? {} : { 'idempotency-key': key },
          body: { provider, country, type: 'local', phoneNumber },
        }),
      );
    },
    assign: (
      phoneNumber: string,
      agentId: string,
      more: { direction?: 'inbound' | 'outbound'; replaces?: string } = {},
    ) =>
      outcome(
        use.assignPhoneNumber({
          userId: AGENTS[agentId] as UserId,
          params: params(phoneNumber),
          body: { agentId, direction: 'inbound', ...more },
        }),
      ),
    free: (phoneNumber: string, userId = ANN, query: Partial<Query<'freePhoneNumber'>> = {}) =>
      outcome(use.freePhoneNumber({ userId, params: params(phoneNumber), query: { direction: 'inbound', ...query } })),
    release: (phoneNumber: string, userId = ANN) =>
      outcome(use.releasePhoneNumber({ userId, params: params(phoneNumber) })),
  };
  return made;
};
