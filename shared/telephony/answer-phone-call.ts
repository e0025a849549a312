import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { answeringOf } from '../agents/answering.ts';
import { type Call, CallId } from '../calls/call.ts';
import type { CallKey, CallStore } from '../calls/call-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import { digestOf, type IdempotencyStore, once } from '../http/idempotency.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { AgentId, UserId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { voiceSettingsOf } from '../voice/settings/voice-settings-of.ts';
import { demandTwilio } from './demand-twilio.ts';
import type { PhoneNumberStore } from './phone-number-store.ts';
import { phraseOf } from './phone-phrases.ts';
import { demandVoice } from './speaking-agent.ts';
import { spoken, streamVerbs, xml } from './spoken.ts';
import type { TwilioAccount } from './twilio-account.ts';
import { twiml, type Verb } from './twiml.ts';
import { type WebhookAddresses, webhookUrl } from './webhook-addresses.ts';

export const AnswerPhoneCallEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  CALLS_TABLE: text,
  STATISTICS_TABLE: text,
  PHONE_NUMBERS_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  PUBLIC_API_URL: text,
  PUBLIC_WEBSOCKET_URL: text,
  TWILIO_SECRET_NAME: z.string(),
  VOICE_LINES: z.coerce.number<string>().int().positive(),
  VOICE_TENANT_DAILY_BUDGET_USD: z.coerce.number<string>().positive(),
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});

/** What a phone call begins with; an outbound one has its row already. */
export interface PhoneOpening {
  readonly callId: Call['callId'];
  readonly agent: Agent;
  readonly direction: Call['direction'];
  readonly callSid: string;
  readonly fromNumber: string;
  readonly toNumber: string;
  readonly contextOverride: Readonly<Record<string, unknown>>;
  /** Shown by the media stream in its first message, once, before `connectUntilMs`. */
  readonly streamToken: string;
  /** Asked when the stream has ended. */
  readonly nextUrl: string;
  readonly nowMs: number;
  readonly connectUntilMs: number;
}

/** `spent`: the tenant's calls have cost what they may today. */
export type PhoneOpened = 'opened' | 'busy' | 'spent';

export interface AnswerPhoneCallDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly numbers: Pick<PhoneNumberStore, 'find'>;
  readonly calls: Pick<CallStore, 'find' | 'transition'>;
  /** Reserves a line and writes what the call begins with; where it says no, nothing was written. */
  readonly open: (opening: PhoneOpening) => Promise<PhoneOpened>;
  readonly account: (() => Promise<TwilioAccount>) | undefined;
  readonly addresses: WebhookAddresses;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder' | 'secret'>;
  readonly log: Log;
}

/** Twilio connects the stream at once. */
const CONNECT_MS = 60_000;
/** How long a caller is asked to hold before the next look at the lines, and how often. */
const HOLD_SECONDS = 10;
const MAX_ATTEMPTS = 12;

/** What shall happen with a call: it rings with us, or somebody whom we called has answered. */
export const answerVoiceWebhook =
  (deps: AnswerPhoneCallDeps) =>
  async (request: RequestOf<'answerTwilioVoice'>): Promise<ApiAnswer> => {
    await demandTwilio(deps, 'voice', request);
    const { body, query } = request;
    const wanted = query.callId === undefined ? await inbound(deps, body) : await outbound(deps, query, body);
    if (wanted === undefined) return spoken({ verb: 'say', ...phraseOf('not-in-service') }, { verb: 'hangup' });
    if ('instead' in wanted) return spoken(...wanted.instead);
    // Twilio may ask twice; the second answer must be the first one, or a line would be taken for nobody.
    const answer = await once(deps)(
      { userId: UserId.parse(wanted.agent.userId), headers: { 'idempotency-key': `${body.CallSid}-${query.attempt}` } },
      {
        operation: 'answerPhoneCall',
        digest: digestOf(body.CallSid, query.attempt),
        newId: () => wanted.callId ?? deps.ids.inOrder(),
        make: async (id) => ({
          status: 200,
          body: twiml(...(await connected(deps, wanted, CallId.parse(id), query.attempt))),
        }),
      },
    );
    return xml(String(answer.body));
  };

interface Wanted
  extends Pick<PhoneOpening, 'agent' | 'direction' | 'callSid' | 'fromNumber' | 'toNumber' | 'contextOverride'> {
  /** Of an outbound call. */
  readonly callId?: string;
}

type VoiceForm = RequestOf<'answerTwilioVoice'>['body'];

/** What a caller hears of an agent that its owner has paused or stopped. */
interface Unwanted {
  readonly instead: readonly Verb[];
}

/** The agent that the dialled number belongs to, if it can speak. */
const inbound = async (
  { numbers, agents }: AnswerPhoneCallDeps,
  form: VoiceForm,
): Promise<Wanted | Unwanted | undefined> => {
  const number = await numbers.find(form.To);
  if (number?.inboundAgentId === undefined) return undefined;
  const agent = await agents.find({
    userId: UserId.parse(number.userId),
    agentId: AgentId.parse(number.inboundAgentId),
  });
  if (agent === undefined || !canSpeak(agent)) return undefined;
  const answering = answeringOf(agent);
  if ('notice' in answering) return { instead: noticeThenEnd(agent, answering.notice) };
  if (!answering.answers) return { instead: [{ verb: 'reject', reason: 'rejected' }] };
  const { CallSid, From, To } = form;
  return { agent, direction: 'inbound', callSid: CallSid, fromNumber: From, toNumber: To, contextOverride: {} };
};

const outbound = async (
  deps: AnswerPhoneCallDeps,
  { callId, userId }: RequestOf<'answerTwilioVoice'>['query'],
  { CallSid }: VoiceForm,
): Promise<Wanted | Unwanted | undefined> => {
  const { calls, agents } = deps;
  const key = { userId: UserId.parse(userId), callId: CallId.parse(callId) };
  const call = await calls.find(key);
  if (call === undefined || call.direction !== 'outbound') return undefined;
  // Somebody of the tenant has ended it while the phone rang.
  if (call.endCommandId !== undefined) return { instead: [{ verb: 'hangup' }] };
  const agent = await agents.find({ userId: key.userId, agentId: AgentId.parse(call.agentId) });
  if (agent === undefined || !canSpeak(agent) || !answeringOf(agent).answers) {
    await failed(deps, key, 'The agent was not active when the call was answered.');
    return undefined;
  }
  const { fromNumber = '', toNumber = '', contextOverride = {} } = call;
  return { agent, direction: 'outbound', callSid: CallSid, fromNumber, toNumber, contextOverride, callId: key.callId };
};

const noticeThenEnd = (agent: Agent, notice: string): readonly Verb[] => [
  { verb: 'say', text: notice, language: voiceSettingsOf(agent).language },
  { verb: 'hangup' },
];

const canSpeak = (agent: Agent): boolean => {
  try {
    demandVoice(agent);
    return true;
  } catch {
    return false;
  }
};

const REFUSALS = {
  busy: { phrase: 'still-busy', failure: 'All lines were busy when the call was answered.' },
  spent: { phrase: 'not-today', failure: 'The budget of the day was used up when the call was answered.' },
} as const;

const failed = ({ calls, clock }: AnswerPhoneCallDeps, key: CallKey, failure: string) =>
  calls.transition(key, 'fail', { failure, endReason: 'failed', endedAtMs: clock.now() });

/** A line, a place in the queue, or a kind word: never a dead line. */
const connected = async (
  deps: AnswerPhoneCallDeps,
  { callId: _known, ...wanted }: Wanted,
  callId: Call['callId'],
  attempt: number,
): Promise<readonly Verb[]> => {
  const { open, addresses, clock, ids } = deps;
  const streamToken = ids.secret();
  const nowMs = clock.now();
  const nextUrl = webhookUrl(addresses, 'next', { callId, userId: wanted.agent.userId });
  const opened = await open({ ...wanted, callId, streamToken, nextUrl, nowMs, connectUntilMs: nowMs + CONNECT_MS });
  if (opened === 'opened') {
    return streamVerbs(addresses, { token: streamToken, nextUrl });
  }
  if (opened === 'spent' || attempt >= MAX_ATTEMPTS) {
    const key = { userId: wanted.agent.userId, callId };
    if (wanted.direction === 'outbound') await failed(deps, key, REFUSALS[opened].failure);
    return [{ verb: 'say', ...phraseOf(REFUSALS[opened].phrase) }, { verb: 'hangup' }];
  }
  const again = { attempt: String(attempt + 1) };
  const query = wanted.direction === 'outbound' ? { callId, userId: wanted.agent.userId, ...again } : again;
  const redirect: Verb = { verb: 'redirect', url: webhookUrl(addresses, 'voice', query) };
  const hold: Verb = { verb: 'pause', seconds: HOLD_SECONDS };
  return attempt % 3 === 0 ? [{ verb: 'say', ...phraseOf('please-hold') }, hold, redirect] : [hold, redirect];
};

/** Nothing but a line for the operator when a stream broke. */
export const answerStreamWebhook =
  (deps: Pick<AnswerPhoneCallDeps, 'account' | 'addresses' | 'log'>) =>
  async (request: RequestOf<'answerTwilioStream'>): Promise<ApiAnswer> => {
    await demandTwilio(deps, 'stream', request);
    const { CallSid, StreamSid, StreamEvent } = request.body;
    if (StreamEvent === 'stream-error') {
      deps.log('telephony.stream.broken', { callSid: CallSid, streamSid: StreamSid });
    }
    return { status: 204 };
  };
