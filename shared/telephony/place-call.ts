import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { answeringRuntime } from '../agents/answering.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { type Call, CallId } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import { NO_COST } from '../calls/prices.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import { digestOf, type IdempotencyStore, once } from '../http/idempotency.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { PlaceCallBody } from './call-requests.ts';
import type { PhoneNumber } from './phone-number.ts';
import type { PhoneNumberStore } from './phone-number-store.ts';
import { fromProvider, noTelephony } from './provider.ts';
import { demandVoice } from './speaking-agent.ts';
import { TwilioError } from './twilio-account.ts';
import type { TwilioApi } from './twilio-api.ts';
import { type WebhookAddresses, webhookUrl } from './webhook-addresses.ts';

export const PlaceCallEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  CALLS_TABLE: text,
  STATISTICS_TABLE: text,
  PHONE_NUMBERS_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  PUBLIC_API_URL: text,
  TWILIO_SECRET_NAME: z.string(),
  TWILIO_API_URL: z.url(),
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});

export interface PlaceCallDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly calls: Pick<CallStore, 'insert' | 'transition' | 'find' | 'noteSid'>;
  readonly numbers: Pick<PhoneNumberStore, 'find' | 'list'>;
  readonly twilio: Pick<TwilioApi, 'createCall' | 'cancel'> | undefined;
  readonly addresses: Pick<WebhookAddresses, 'apiUrl'>;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder'>;
  readonly recordTtlDays: number;
}

/** Long enough for somebody to reach his phone. */
const RING_SECONDS = 40;
/** A tenant's numbers looked through for one of the agent's. */
const NUMBERS_LOOKED_AT = 100;

/**
 * Calls somebody. Twilio's API knows no idempotency keys, so the row says "ringing" before Twilio is asked: a request
 * that died there is never repeated towards the phone, its call fails instead.
 */
export const placeCall =
  (deps: PlaceCallDeps) =>
  async (request: RequestOf<'placeCall'>): Promise<ApiAnswer> => {
    const { agentId, toNumber, contextOverride } = request.body;
    const agent = await requestedAgent(deps, { userId: request.userId, params: { agentId } });
    const { agentVersion } = demandVoice(agent);
    const { agentName } = agent;
    answeringRuntime(agent);
    const fromNumber = await numberToShow(deps, request);
    return once(deps)(request, {
      operation: 'placeCall',
      digest: digestOf({ agentId, toNumber, fromNumber, contextOverride }),
      newId: deps.ids.inOrder,
      make: (id) =>
        ring(deps, newCall(deps, { ...request.body, userId: request.userId, agentVersion, agentName, fromNumber }, id)),
    });
  };

/** The number that is shown: the one asked for, or the first that the agent may call from, or answers. */
const numberToShow = async ({ numbers }: PlaceCallDeps, { userId, body }: RequestOf<'placeCall'>): Promise<string> => {
  const { fromNumber, agentId } = body;
  if (fromNumber !== undefined) {
    const number = await numbers.find(fromNumber);
    if (number?.userId === userId && mayCallFrom(number, agentId)) return number.phoneNumber;
    throw problem('phone-number-not-found', `${fromNumber} is no number that this agent calls from.`, {
      errors: [
        { pointer: '/fromNumber', message: 'No number that this agent calls from.', code: 'phone-number-not-found' },
      ],
    });
  }
  const page = await numbers.list({ userId, limit: NUMBERS_LOOKED_AT });
  const own = page.numbers.filter((number) => mayCallFrom(number, agentId));
  const shown = own.find(({ outboundAgentIds }) => outboundAgentIds.includes(agentId.toLowerCase())) ?? own[0];
  if (shown !== undefined) return shown.phoneNumber;
  throw problem(
    'phone-number-not-found',
    'The agent has no number to call from: assign one first (PUT /phone-numbers/…/assignment).',
  );
};

/** An agent calls from the numbers it has for that, and from the one it answers. Twilio places the calls. */
const mayCallFrom = ({ provider, inboundAgentId, outboundAgentIds }: PhoneNumber, agentId: string): boolean =>
  provider === 'twilio' &&
  (inboundAgentId === agentId.toLowerCase() || outboundAgentIds.includes(agentId.toLowerCase()));

interface Asked extends z.output<typeof PlaceCallBody> {
  readonly userId: string;
  readonly agentVersion: number;
  readonly agentName: string;
  readonly fromNumber: string;
}

const newCall = ({ clock, recordTtlDays }: PlaceCallDeps, asked: Asked, id: string): Call => {
  const nowMs = clock.now();
  const { userId, agentId, agentVersion, agentName, toNumber, fromNumber, contextOverride } = asked;
  return {
    userId,
    callId: CallId.parse(id),
    agentId,
    agentVersion,
    agentName,
    status: 'queued',
    channel: 'phone',
    direction: 'outbound',
    transport: 'twilio',
    fromNumber,
    toNumber,
    createdAtMs: nowMs,
    turns: 0,
    interruptions: 0,
    renewals: 0,
    handOvers: 0,
    cost: NO_COST,
    ...(contextOverride === undefined ? {} : { contextOverride }),
    expiresAt: Math.floor(nowMs / 1000) + recordTtlDays * 86_400,
  };
};

const ring = async ({ calls, twilio, addresses }: PlaceCallDeps, call: Call): Promise<ApiAnswer> => {
  const provider = twilio ?? noTelephony();
  const { userId, callId } = call;
  const { toNumber = '', fromNumber = '' } = call;
  await calls.insert(call);
  const dialled = await calls.transition({ userId, callId }, 'dial', {});
  if (!dialled.written) return rangBefore(calls, dialled.current ?? call);
  const query = { callId, userId };
  let callSid: string;
  try {
    ({ callSid } = await provider.createCall({
      to: toNumber,
      from: fromNumber,
      answerUrl: webhookUrl(addresses, 'voice', query),
      statusUrl: webhookUrl(addresses, 'status', query),
      ringSeconds: RING_SECONDS,
    }));
  } catch (error) {
    const failure = error instanceof TwilioError ? `Twilio refused: ${error.message}` : 'Twilio did not answer.';
    await calls.transition({ userId, callId }, 'fail', { failure, endReason: 'failed' });
    return fromProvider(Promise.reject(error));
  }
  if (await calls.noteSid({ userId, callId }, callSid)) return answerOf({ ...call, status: 'ringing' });
  // Somebody has ended the call before the provider had a name for it, or the phone was answered and hung up at once.
  await fromProvider(provider.cancel(callSid));
  return answerOf((await calls.find({ userId, callId })) ?? call);
};

/**
 * The request before died around the call to Twilio (its lock outlives the ringing). What the phone did since is in the
 * row; when nothing is, it is not known whether it rang, and it shall not ring twice.
 */
const rangBefore = async (calls: PlaceCallDeps['calls'], call: Call): Promise<ApiAnswer> => {
  const { userId, callId } = call;
  if (call.status !== 'ringing') return answerOf(call);
  const failure = 'The request was interrupted while the provider was asked; the phone may have rung.';
  await calls.transition({ userId, callId }, 'fail', { failure, endReason: 'failed' });
  throw problem('telephony-failed', `${failure} Send the request with a new Idempotency-Key to call again.`);
};

const answerOf = ({ callId, agentId, toNumber, fromNumber, status }: Call): ApiAnswer => ({
  status: 202,
  headers: { location: `/api/v1/calls/${callId}` },
  body: { callId, agentId, toNumber, fromNumber, status },
});
