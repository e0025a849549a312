import * as z from 'zod';
import { type Call, CallId } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import { digestOf, type IdempotencyStore, once } from '../http/idempotency.ts';
import type { ApiAnswer, ApiRequest } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { callNotFound, type ProblemError, problem, raise, refused } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import type { CallFeed } from '../live/call-feed.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { type DialableDeps, demandDialable } from '../transfer/demand-dialable.ts';
import { DialPrefixList } from '../transfer/dial-policy.ts';
import type { SocketConnections } from '../voice/relay/connections-apigateway.ts';
import { type CallCancelling, type Cancellation, cancelEntry, isCancellable } from './cancel-call.ts';
import { CONTROLLER_LEASE_MS, type ControlAction, type Controller, type Operator } from './command.ts';
import type { Accepted, ControlStore, NewCommand } from './control-store.ts';
import { controllerView } from './control-views.ts';
import { mergePatch } from './merge-patch.ts';
import { nudgeOwner } from './nudge-owners.ts';

export const ControlCallEnv = z.object({
  ...FEED_ENV,
  CALLS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  STATISTICS_TABLE: text,
  AGENTS_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  TWILIO_SECRET_NAME: z.string(),
  TWILIO_API_URL: z.url(),
  PHONE_NUMBERS_TABLE: text,
  /** Where calls may be passed on to. */
  DIAL_PREFIXES: DialPrefixList,
});

export interface ControlCallDeps extends DialableDeps {
  readonly calls: Pick<CallStore, 'find'>;
  readonly control: ControlStore;
  /** Ends calls that nobody has answered yet: they have no owner that could. */
  readonly cancelling: CallCancelling;
  /** Tells whoever watches in whose hand a call is. */
  readonly telling: { readonly feed: Pick<CallFeed, 'changed' | 'ended'>; readonly settle: () => Promise<void> };
  readonly sockets: Pick<SocketConnections, 'post'>;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder'>;
}

type CommandRequest = Pick<ApiRequest, 'userId' | 'operator' | 'params' | 'headers'>;
type Wish = Pick<NewCommand, 'force' | 'text' | 'reason' | 'to'>;

/** Of any command that is no more than words. */
interface CommandBody {
  readonly force: boolean;
  readonly text?: string | undefined;
  readonly reason?: string | undefined;
  /** Of a transfer. */
  readonly to?: { readonly phoneNumber: string } | undefined;
}

const MAX_FACTS_CHARACTERS = 8000;

/**
 * Takes a command for a call that goes on: numbers it, renews the operator's hold of the call, and tells the call's
 * owner to look. Who may: an operator of the call's tenant whom no other one has forestalled.
 */
const controlCall =
  (deps: ControlCallDeps) =>
  (action: Exclude<ControlAction, 'context'>) =>
  async (request: CommandRequest & { readonly body: CommandBody }): Promise<ApiAnswer> => {
    const call = await requestedCall(deps, request);
    await demandTarget(deps, call, request.body);
    return accepted(deps, request, call, { action, ...given(request.body) });
  };

/** The commands that are no more than words, each as its operation calls it. */
export const callCommands = (deps: ControlCallDeps) => {
  const command = controlCall(deps);
  return {
    whisperToCall: command('whisper'),
    sayInCall: command('say'),
    holdCall: command('hold'),
    resumeCall: command('resume'),
    takeOverCall: command('takeover'),
    transferCall: command('transfer'),
    endCall: command('end'),
  };
};

/** Changes the facts about one call, on its row and in the call. */
export const patchCallContext =
  (deps: ControlCallDeps) =>
  async (request: RequestOf<'patchCallContext'>): Promise<ApiAnswer> => {
    const patch = request.body;
    const call = await requestedCall(deps, request);
    const after = mergePatch(call.contextOverride ?? {}, patch);
    if (JSON.stringify(after).length > MAX_FACTS_CHARACTERS) throw factsTooLong();
    const facts = { edits: call.contextEdits ?? 0, after };
    return accepted(deps, request, call, { action: 'context', patch, facts, force: request.query.force });
  };

/** Lets another operator have the call. */
export const releaseCallController =
  (deps: ControlCallDeps) =>
  async (request: RequestOf<'releaseCallController'>): Promise<ApiAnswer> => {
    const { calls, control, clock } = deps;
    const call = await requestedCall({ calls }, request);
    const options = { force: request.query.force, nowMs: clock.now() };
    const holder = await control.release(call.callId, operatorOf(request), options);
    if (holder !== undefined) throw controlled(holder);
    await tellOf(deps, call);
    return { status: 204 };
  };

/** Of a wish what was given: DynamoDB takes no undefined. */
const given = ({ force, text: words, reason, to }: CommandBody): Wish => ({
  force,
  ...(words === undefined ? {} : { text: words }),
  ...(reason === undefined ? {} : { reason }),
  ...(to === undefined ? {} : { to }),
});

/** Whom an operator names must be somebody whom the call can reach, and nobody who is in it. */
const demandTarget = async (deps: DialableDeps, { fromNumber, toNumber }: Call, { to }: CommandBody): Promise<void> => {
  if (to === undefined) return;
  const { phoneNumber } = to;
  if (phoneNumber === fromNumber || phoneNumber === toNumber) {
    const message = 'This number is in the call already.';
    throw refused([{ pointer: '/to/phoneNumber', message, code: 'invalid-request' }]);
  }
  await demandDialable(deps, phoneNumber, ['to', 'phoneNumber']);
};

const accepted = async (
  deps: ControlCallDeps,
  request: CommandRequest,
  call: Call,
  wish: Wish & Pick<NewCommand, 'action' | 'patch' | 'facts'>,
): Promise<ApiAnswer> => {
  const operator = operatorOf(request);
  const { callId, userId } = call;
  const { facts: _facts, ...asked } = wish;
  return once(deps)(request, {
    operation: 'controlCall',
    digest: digestOf(callId, asked),
    newId: deps.ids.inOrder,
    make: async (commandId) => {
      const atMs = deps.clock.now();
      const command = { commandId, operator, atMs };
      const cancelled = wish.action === 'end' && (await cancelledCall(deps, call, { ...command, ...reasonOf(wish) }));
      const outcome = cancelled || (await deps.control.accept({ ...wish, ...command, callId, userId }));
      if (outcome.outcome !== 'accepted') throw refusalOf(outcome, call);
      const { seq, controller, ownerConnectionId } = outcome;
      await Promise.all([nudgeOwner(deps.sockets, ownerConnectionId, atMs), cancelled || tellOf(deps, call)]);
      return { status: 202, body: { commandId, seq, controller: controllerView(controller, operator, atMs) } };
    },
  });
};

const reasonOf = ({ reason }: Wish): Pick<Wish, 'reason'> => (reason === undefined ? {} : { reason });

/** A call that nobody has answered yet ends here and now; false when somebody has, or the command came too late. */
const cancelledCall = async (
  { cancelling, telling }: ControlCallDeps,
  call: Call,
  by: Cancellation,
): Promise<Extract<Accepted, { outcome: 'accepted' }> | false> => {
  if (!isCancellable(call, by.commandId) || !(await cancelling.cancel(call, by))) return false;
  const { userId, callId } = call;
  const { operator, atMs } = by;
  const end = { status: 'failed', reason: 'operator-ended', seq: 1, atMs } as const;
  await telling.feed.ended({ userId, callId }, [cancelEntry(by)], end);
  // The row comes first: whoever answers the phone now is told to hang up.
  await Promise.all([cancelling.withdraw(call), telling.settle()]);
  const controller = { operator, sinceMs: atMs, untilMs: atMs + CONTROLLER_LEASE_MS };
  return { outcome: 'accepted', seq: 1, controller };
};

/** Whoever watches learns in whose hand the call is. */
const tellOf = async ({ telling }: ControlCallDeps, { userId, callId }: Call): Promise<void> => {
  await telling.feed.changed({ userId, callId });
  await telling.settle();
};

/** The caller's own call, whatever becomes of it. Throws `call-not-found`. */
const requestedCall = async (
  { calls }: Pick<ControlCallDeps, 'calls'>,
  { userId, params }: Pick<ApiRequest, 'userId' | 'params'>,
): Promise<Call> => {
  const asked = params.callId ?? '';
  const callId = CallId.safeParse(asked.toLowerCase());
  if (!callId.success) throw callNotFound(asked);
  return (await calls.find({ userId, callId: callId.data })) ?? raise(callNotFound(asked));
};

/** The routes take tokens only, so there always is one. */
const operatorOf = ({ operator }: Pick<ApiRequest, 'operator'>): Operator =>
  operator ?? raise(problem('unauthenticated', 'Sign in: a call is controlled by people.'));

const refusalOf = (refusal: Exclude<Accepted, { outcome: 'accepted' }>, { status }: Call): ProblemError => {
  switch (refusal.outcome) {
    case 'controlled':
      return controlled(refusal.controller);
    case 'ended':
      return ended();
    case 'parked':
      return problem('call-with-person', 'It can be controlled again when the caller comes back to the agent.');
    case 'not-begun':
      if (status === 'completed' || status === 'failed') return ended();
      return problem('call-not-begun', 'The call can be controlled as soon as it was answered. It can be ended now.');
    case 'too-many':
      return problem('too-many-commands', 'End the call, or let it go on by itself.');
    case 'changed':
      return problem('request-in-progress', 'The facts about the call have just changed: repeat the request.', {
        retryAfterSeconds: 1,
      });
  }
};

const ended = (): ProblemError => problem('call-ended', 'The call is over; its record is kept.');

const controlled = ({ operator, sinceMs }: Controller): ProblemError =>
  problem(
    'call-controlled',
    `${operator.name} has had the call in hand since ${new Date(sinceMs).toISOString()}. Repeat with "force" to take it.`,
  );

const factsTooLong = (): ProblemError =>
  refused([
    {
      pointer: '',
      message: `The facts about a call have at most ${MAX_FACTS_CHARACTERS} characters as JSON.`,
      code: 'invalid-request',
    },
  ]);
