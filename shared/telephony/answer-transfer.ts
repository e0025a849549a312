import * as z from 'zod';
import { type Call, CallId } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import type { CallFeed } from '../live/call-feed.ts';
import { afterNews, type CallTransfer } from '../transfer/call-transfer.ts';
import { DialPrefixList, mayDial } from '../transfer/dial-policy.ts';
import { type Next, type NextAsked, nextOfCall } from '../transfer/next-of-call.ts';
import { costAfter } from '../transfer/transfer-cost.ts';
import { type TransferStore, transferEntry } from '../transfer/transfer-store.ts';
import { NO_COST } from '../voice/session/call-cost.ts';
import { hashOfToken } from '../voice/stores/session-keys.ts';
import type { SessionStore, TicketStore } from '../voice/stores/session-store.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';
import type { AnswerPhoneCallDeps } from './answer-phone-call.ts';
import { demandTwilio } from './demand-twilio.ts';
import { phraseOf } from './phone-phrases.ts';
import { spoken, streamVerbs } from './spoken.ts';
import type { Verb } from './twiml.ts';
import { webhookUrl } from './webhook-addresses.ts';

export const AnswerTransferEnv = z.object({
  CALLS_TABLE: text,
  STATISTICS_TABLE: text,
  VOICE_SESSIONS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  PHONE_NUMBERS_TABLE: text,
  PUBLIC_API_URL: text,
  PUBLIC_WEBSOCKET_URL: text,
  /** Where operators are told of calls: `wss://…/live`. */
  WEBSOCKET_URL: text,
  TWILIO_SECRET_NAME: z.string(),
  VOICE_LINES: z.coerce.number<string>().int().positive(),
  /** Where calls may be passed on to. */
  DIAL_PREFIXES: DialPrefixList,
});

export interface AnswerTransferDeps extends Pick<AnswerPhoneCallDeps, 'account' | 'addresses' | 'numbers' | 'log'> {
  readonly sessions: Pick<SessionStore, 'find'>;
  readonly calls: Pick<CallStore, 'find'>;
  readonly transfers: TransferStore;
  readonly tickets: Pick<TicketStore, 'issue'>;
  /** To whoever watches; resolves when they were told. */
  readonly feed: Pick<CallFeed, 'recorded' | 'ended'>;
  /** Where calls may be passed on to. */
  readonly dialPrefixes: readonly string[];
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'secret'>;
}

/** Twilio connects the stream at once. */
const CONNECT_MS = 60_000;

/**
 * How a call goes on whose media stream has ended, or after a person's phone has rung: what this answers is drawn from
 * what is written, so that asking twice rings nobody twice.
 */
export const answerNextWebhook =
  (deps: AnswerTransferDeps) =>
  async (request: RequestOf<'answerTwilioNext'>): Promise<ApiAnswer> => {
    await demandTwilio(deps, 'next', request);
    const { query, body } = request;
    if (body.ParentCallSid !== undefined) {
      await noteAnswer(deps, query, body.CallStatus);
      return { status: 204 };
    }
    const talkedMs = body.DialCallDuration === undefined ? undefined : Number(body.DialCallDuration) * 1000;
    const isCallerThere = body.CallStatus === 'in-progress';
    const asked = { isCallerThere, epoch: query.epoch, dialStatus: body.DialCallStatus, talkedMs };
    return spoken(...(await goesOn(deps, query, asked)));
  };

/** Who is faster changes what is to be done: the answer of a person and its end may be told at the same moment. */
const ATTEMPTS = 5;

/** Does what comes next in a call, and says it to the provider. Throws if the call changes again and again meanwhile. */
export const goesOn = async (
  deps: AnswerTransferDeps,
  key: { readonly callId: string; readonly userId: string },
  asked: Omit<NextAsked, 'nowMs'>,
): Promise<readonly Verb[]> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const session = await sessionOf(deps, key);
    if (session === undefined) return HANG_UP;
    const verbs = await carriedOut(deps, session, nextOfCall(session, { ...asked, nowMs: deps.clock.now() }));
    if (verbs !== undefined) return verbs;
  }
  throw new Error(`What comes next in call ${key.callId} was in conflict too often.`);
};

const HANG_UP: readonly Verb[] = [{ verb: 'hangup' }];

const sessionOf = async (
  { sessions }: Pick<AnswerTransferDeps, 'sessions'>,
  { callId, userId }: { readonly callId: string; readonly userId: string },
): Promise<VoiceSession | undefined> => {
  const session = await sessions.find(CallId.parse(callId));
  return session?.userId === userId ? session : undefined;
};

/** Undefined when somebody was faster. */
const carriedOut = async (
  deps: AnswerTransferDeps,
  session: VoiceSession,
  next: Next,
): Promise<readonly Verb[] | undefined> => {
  switch (next.next) {
    case 'hang-up':
      return HANG_UP;
    case 'dial':
      return dialled(deps, session, next.transfer);
    case 'give-back':
      return givenBack(deps, session, next.transfer);
    case 'stream':
      return streamed(deps, session);
    case 'end':
      return over(deps, session, next.transfer);
    case 'leave':
      return left(deps, session);
    case 'conclude':
      await concluded(deps, session, session.transfer);
      return HANG_UP;
  }
};

/** Rings the person; a number that may not be dialled any more is one that nobody answers. */
const dialled = async (
  deps: AnswerTransferDeps,
  session: VoiceSession,
  transfer: CallTransfer,
): Promise<readonly Verb[] | undefined> => {
  const { addresses, calls, clock } = deps;
  const { callId, userId, nextUrl } = session;
  const call = await calls.find({ userId, callId });
  const ours = call && ourNumber(call);
  if (ours === undefined || nextUrl === undefined || !(await isDialled(deps, call, transfer))) {
    const failed = afterNews(transfer, { kind: 'unanswered', outcome: 'failed' }, clock.now());
    return failed === undefined ? HANG_UP : givenBack(deps, session, failed);
  }
  const query = { callId, userId, epoch: String(transfer.epoch) };
  return [
    {
      verb: 'dial',
      to: transfer.to,
      // The caller's own number is not ours to show.
      callerId: ours,
      timeoutSeconds: transfer.ringSeconds,
      action: webhookUrl(addresses, 'next', query),
      answered: webhookUrl(addresses, 'next', query),
    },
    ...HANG_UP,
  ];
};

/** Which of a call's numbers is the stage's. */
const ourNumber = ({ direction, fromNumber, toNumber }: Call): string | undefined =>
  direction === 'inbound' ? toNumber : fromNumber;

/** Neither a dear number, nor one that an agent answers, nor the caller's own. */
const isDialled = async (
  { numbers, dialPrefixes, log }: AnswerTransferDeps,
  call: Call | undefined,
  { to }: CallTransfer,
): Promise<boolean> => {
  const isParty = to === call?.fromNumber || to === call?.toNumber;
  const isGood = !isParty && mayDial(to, dialPrefixes) && (await numbers.find(to))?.inboundAgentId === undefined;
  if (!isGood) log('telephony.transfer.refused', { callId: call?.callId ?? '' });
  return isGood;
};

/** The caller is with the agent again, on a new stream; where no line is free, kind words. */
const givenBack = async (
  deps: AnswerTransferDeps,
  session: VoiceSession,
  transfer: CallTransfer,
): Promise<readonly Verb[] | undefined> => {
  const { transfers, feed, clock } = deps;
  const nowMs = clock.now();
  const cost = costAfter(session.checkpoint?.cost ?? NO_COST, transfer, session.direction);
  const given = await transfers.giveBack(session, { transfer, cost, nowMs, lineUntilMs: nowMs + CONNECT_MS });
  if (given === 'changed') return undefined;
  if (given === 'busy') {
    const ended = await over(deps, session, transfer);
    return ended && [{ verb: 'say', ...phraseOf('nobody-free') }, ...HANG_UP];
  }
  await feed.recorded(session, [entryOf(session, transfer, nowMs)]);
  return streamed(deps, session);
};

const entryOf = ({ recorded: seq }: VoiceSession, transfer: CallTransfer, atMs: number) => ({
  ...transferEntry(transfer),
  seq,
  atMs,
});

const streamed = async (
  { tickets, ids, clock, addresses }: AnswerTransferDeps,
  { callId, nextUrl }: VoiceSession,
): Promise<readonly Verb[] | undefined> => {
  const token = ids.secret();
  await tickets.issue(hashOfToken(token), { kind: 'phone', callId }, clock.now() + CONNECT_MS);
  return streamVerbs(addresses, { token, nextUrl });
};

/** Caller and person have spoken, or the caller has not waited. */
const over = async (
  deps: AnswerTransferDeps,
  session: VoiceSession,
  transfer: CallTransfer,
): Promise<readonly Verb[] | undefined> => {
  const nowMs = deps.clock.now();
  const cost = costAfter(session.checkpoint?.cost ?? NO_COST, transfer, session.direction);
  if (!(await deps.transfers.advance(session, { transfer, cost, nowMs, ended: true }))) return undefined;
  await concluded(deps, session, transfer);
  const end = { status: 'completed', reason: endReasonOf(transfer), seq: session.recorded + 1, atMs: nowMs } as const;
  await deps.feed.ended(session, [entryOf(session, transfer, nowMs)], end);
  return HANG_UP;
};

/** The caller has hung up before the agent was back. */
const left = async (
  { transfers, feed, clock }: AnswerTransferDeps,
  session: VoiceSession,
): Promise<readonly Verb[] | undefined> => {
  const nowMs = clock.now();
  if (!(await transfers.leave(session))) return undefined;
  await transfers.conclude(session, { endReason: 'client-ended', endedAtMs: nowMs });
  const end = { status: 'completed', reason: 'client-ended', seq: session.recorded, atMs: nowMs } as const;
  await feed.ended(session, [], end);
  return HANG_UP;
};

const endReasonOf = ({ status }: Pick<CallTransfer, 'status'>) =>
  status === 'ended' ? ('handed-off' as const) : ('client-ended' as const);

const concluded = async (
  { transfers, clock }: AnswerTransferDeps,
  session: VoiceSession,
  transfer: CallTransfer | undefined,
): Promise<void> => {
  if (transfer === undefined) return;
  const endedAtMs = transfer.endedAtMs ?? clock.now();
  await transfers.conclude(session, { endReason: endReasonOf(transfer), endedAtMs });
};

/** The person has answered. */
const noteAnswer = async (
  deps: AnswerTransferDeps,
  query: RequestOf<'answerTwilioNext'>['query'],
  status: string,
): Promise<void> => {
  const session = await sessionOf(deps, query);
  const transfer = session?.transfer;
  if (session?.status !== 'parked' || transfer?.epoch !== query.epoch || status !== 'in-progress') return;
  const nowMs = deps.clock.now();
  const after = transfer && afterNews(transfer, { kind: 'answered' }, nowMs);
  if (after === undefined) return;
  const cost = session.checkpoint?.cost ?? NO_COST;
  // Where it does not go through, the call is further on already.
  if (!(await deps.transfers.advance(session, { transfer: after, cost, nowMs, ended: false }))) return;
  await deps.feed.recorded(session, [entryOf(session, after, nowMs)]);
};
