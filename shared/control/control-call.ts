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
import type { SocketConnections } from '../voice/relay/connections-apigateway.ts';
import type { ControlAction, Controller, Operator } from './command.ts';
import type { Accepted, ControlStore, NewCommand } from './control-store.ts';
import { controllerView } from './control-views.ts';
import { mergePatch } from './merge-patch.ts';

export const ControlCallEnv = z.object({
  CALLS_TABLE: text,
  VOICE_SESSIONS_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  WEBSOCKET_URL: text,
});

export interface ControlCallDeps {
  readonly calls: Pick<CallStore, 'find'>;
  readonly control: ControlStore;
  readonly sockets: Pick<SocketConnections, 'post'>;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder'>;
}

type CommandRequest = Pick<ApiRequest, 'userId' | 'operator' | 'params' | 'headers'>;
type Wish = Pick<NewCommand, 'force' | 'text' | 'reason'>;

/** Of any command that is no more than words. */
interface CommandBody {
  readonly force: boolean;
  readonly text?: string | undefined;
  readonly reason?: string | undefined;
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
    const call = await callInHand(deps, request);
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
    const call = await callInHand(deps, request);
    const after = mergePatch(call.contextOverride ?? {}, patch);
    if (JSON.stringify(after).length > MAX_FACTS_CHARACTERS) throw factsTooLong();
    const facts = { edits: call.contextEdits ?? 0, after };
    return accepted(deps, request, call, { action: 'context', patch, facts, force: request.query.force });
  };

/** Lets another operator have the call. */
export const releaseCallController =
  ({ calls, control, clock }: ControlCallDeps) =>
  async (request: RequestOf<'releaseCallController'>): Promise<ApiAnswer> => {
    const call = await requestedCall({ calls }, request);
    const options = { force: request.query.force, nowMs: clock.now() };
    const holder = await control.release(call.callId, operatorOf(request), options);
    if (holder !== undefined) throw controlled(holder);
    return { status: 204 };
  };

/** Of a wish what was given: DynamoDB takes no undefined. */
const given = ({ force, text: words, reason }: CommandBody): Wish => ({
  force,
  ...(words === undefined ? {} : { text: words }),
  ...(reason === undefined ? {} : { reason }),
});

const accepted = async (
  deps: ControlCallDeps,
  request: CommandRequest,
  { callId, userId }: Call,
  wish: Wish & Pick<NewCommand, 'action' | 'patch' | 'facts'>,
): Promise<ApiAnswer> => {
  const operator = operatorOf(request);
  const { facts: _facts, ...asked } = wish;
  return once(deps)(request, {
    operation: 'controlCall',
    digest: digestOf(callId, asked),
    newId: deps.ids.inOrder,
    make: async (commandId) => {
      const atMs = deps.clock.now();
      const outcome = await deps.control.accept({ ...wish, callId, userId, commandId, operator, atMs });
      if (outcome.outcome !== 'accepted') throw refusalOf(outcome);
      await nudge(deps, outcome.ownerConnectionId, atMs);
      const { seq, controller } = outcome;
      return { status: 202, body: { commandId, seq, controller: controllerView(controller, operator, atMs) } };
    },
  });
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

/** As `requestedCall`, if it goes on. */
const callInHand = async (deps: ControlCallDeps, request: CommandRequest): Promise<Call> => {
  const call = await requestedCall(deps, request);
  if (call.status === 'completed' || call.status === 'failed') throw refusalOf({ outcome: 'ended' });
  return call;
};

/** The routes take tokens only, so there always is one. */
const operatorOf = ({ operator }: Pick<ApiRequest, 'operator'>): Operator =>
  operator ?? raise(problem('unauthenticated', 'Sign in: a call is controlled by people.'));

const refusalOf = (refusal: Exclude<Accepted, { outcome: 'accepted' }>): ProblemError => {
  switch (refusal.outcome) {
    case 'controlled':
      return controlled(refusal.controller);
    case 'ended':
      return problem('call-ended', 'The call is over; its record is kept.');
    case 'not-begun':
      return problem('call-not-begun', 'The call can be controlled as soon as it was answered.');
    case 'too-many':
      return problem('too-many-commands', 'End the call, or let it go on by itself.');
    case 'changed':
      return problem('request-in-progress', 'The facts about the call have just changed: repeat the request.', {
        retryAfterSeconds: 1,
      });
  }
};

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

/** The owner looks each second anyway: whatever keeps it from being told is no failure. */
const nudge = async ({ sockets }: ControlCallDeps, connectionId: string | undefined, atMs: number): Promise<void> => {
  if (connectionId === undefined) return;
  const look = JSON.stringify({ connectionId, atMs, message: { type: 'look' } });
  await sockets.post(connectionId, look).catch(() => undefined);
};
