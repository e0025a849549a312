import type { ClientMessage, EndReason, ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { type Advice, adviceFor, adviceForClose, isFinal } from './advice.ts';

export type Route = 'direct' | 'relay';
type Audio = Extract<ServerMessage, { type: 'audio' }>;
type SaidAudio = Extract<ClientMessage, { type: 'audio' }>;

/** Where a call is. */
export type Phase = 'idle' | 'connecting' | 'queued' | 'live' | 'reconnecting' | 'ending' | 'ended' | 'failed';

/** All that is known about a call; changed by `step` only. */
export interface SessionState {
  readonly phase: Phase;
  readonly route: Route;
  /** Number of the newest connection; events of earlier ones mean nothing. */
  readonly connection: number;
  /** Connection that carries the call while a newer one is being opened. */
  readonly carrier: number | undefined;
  readonly isOpen: boolean;
  readonly callId: string | undefined;
  readonly resumeToken: string | undefined;
  readonly epoch: number;
  /** Of the newest epoch. */
  readonly lastHeardSeq: number;
  readonly nextSeq: number;
  /** The last frames the caller's words were sent in, oldest first: a new owner of the call may ask for them again. */
  readonly said: readonly SaidAudio[];
  readonly lastPlayedSeq: number;
  /** Attempts to connect since it last worked. */
  readonly attempts: number;
  readonly queuePosition: number | undefined;
  /** The agent that the caller wants to go on with, until the server has said what became of it. */
  readonly wantedAgentId: string | undefined;
  /** The agent that has the call since the caller has switched; undefined: the one it was begun with. */
  readonly switchedAgentId: string | undefined;
  readonly endReason: EndReason | undefined;
  readonly advice: Advice | undefined;
}

export type SessionEvent =
  | { readonly type: 'start'; readonly route: Route }
  | { readonly type: 'opened'; readonly connection: number }
  /** No connection came about: what the API said, or nothing when the network is to blame. */
  | { readonly type: 'refused'; readonly connection: number; readonly problem: RefusedBy | undefined }
  | { readonly type: 'closed'; readonly connection: number; readonly code: number }
  | { readonly type: 'message'; readonly connection: number; readonly message: ServerMessage }
  | { readonly type: 'audio'; readonly audio: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'dtmf'; readonly digits: string }
  /** To go on with another agent. */
  | { readonly type: 'switch-agent'; readonly agentId: string }
  | {
      readonly type: 'played';
      readonly epoch: number;
      readonly turn: number;
      readonly playedMs: number;
      readonly lastPlayedSeq: number;
    }
  | { readonly type: 'retry' }
  | { readonly type: 'end' }
  | { readonly type: 'gave-up-waiting' };

export interface RefusedBy {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export type SessionEffect =
  /** Get a ticket and open a socket; then `opened` or `refused`. */
  | { readonly type: 'dial'; readonly connection: number; readonly route: Route }
  /** The ticket of the connection goes with `session.start` and `session.resume`. */
  | { readonly type: 'send'; readonly connection: number; readonly message: ClientMessage }
  /** Frames from before; what is said now goes after them. */
  | { readonly type: 'send-again'; readonly connection: number; readonly frames: readonly SaidAudio[] }
  | { readonly type: 'hang-up'; readonly connection: number }
  | { readonly type: 'play'; readonly frame: Audio }
  | { readonly type: 'flush' }
  | { readonly type: 'retry-after'; readonly ms: number }
  | { readonly type: 'give-up-after'; readonly ms: number }
  /** Microphone and loudspeaker may rest; what is buffered is still played. */
  | { readonly type: 'rest' };

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

export const IDLE: SessionState = {
  phase: 'idle',
  route: 'direct',
  connection: 0,
  carrier: undefined,
  isOpen: false,
  callId: undefined,
  resumeToken: undefined,
  epoch: 0,
  lastHeardSeq: -1,
  nextSeq: 0,
  said: [],
  lastPlayedSeq: -1,
  attempts: 0,
  queuePosition: undefined,
  wantedAgentId: undefined,
  switchedAgentId: undefined,
  endReason: undefined,
  advice: undefined,
};

/** `RESEND_MS` of the protocol, in frames of 80 ms. */
const KEPT_FRAMES = 187;
/** The owner of a call waits 60 s for its client; then there is nothing to come back to. */
const RETRY_MS = [300, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000] as const;
/** Close codes after which there is no call to come back to. */
const UNFORGIVING: readonly number[] = [1000, 4401, 4403, 4404, 4408, 4500];
/** For `session.ended` after we asked for the end. */
const GOODBYE_MS = 3000;

/** Pure: what happens next, and what is to be done about it. */
export function step(state: SessionState, event: SessionEvent): Step {
  switch (event.type) {
    case 'start':
      return isOver(state.phase)
        ? dial({ ...IDLE, connection: state.connection }, 'connecting', event.route)
        : same(state);
    case 'opened':
      return event.connection === state.connection && !isOver(state.phase) ? greet(state) : same(state);
    case 'refused':
      return event.connection === state.connection && !isOver(state.phase)
        ? refused(state, event.problem)
        : same(state);
    case 'closed':
      return isOver(state.phase) ? same(state) : closed(state, event);
    case 'message':
      return isOver(state.phase) ? same(state) : heard(state, event.connection, event.message);
    case 'audio':
      return say(state, (seq) => ({ type: 'audio', seq, audio: event.audio }));
    case 'text':
      return say(state, () => ({ type: 'text', text: event.text }));
    case 'dtmf':
      return say(state, () => ({ type: 'dtmf', digits: event.digits }));
    case 'switch-agent':
      return wish(state, event.agentId);
    case 'played':
      return played(state, event);
    case 'retry':
      return state.phase === 'reconnecting' && !state.isOpen ? dial(state, 'reconnecting', state.route) : same(state);
    case 'end':
      return end(state);
    case 'gave-up-waiting':
      return state.phase === 'ending' ? over(state, { phase: 'ended', endReason: 'client-ended' }) : same(state);
  }
}

const switchTo = (agentId: string): ClientMessage => ({ type: 'session.switchAgent', agentId });

const same = (state: SessionState): Step => ({ state, effects: [] });

/** Whether there is no call, not even a beginning one. */
export const isOver = (phase: Phase): boolean => phase === 'idle' || phase === 'ended' || phase === 'failed';

function dial(state: SessionState, phase: Phase, route: Route): Step {
  const connection = state.connection + 1;
  return {
    state: { ...state, phase, route, connection, isOpen: false, attempts: state.attempts + 1 },
    effects: [{ type: 'dial', connection, route }],
  };
}

/** The first words on a new connection. */
function greet(state: SessionState): Step {
  const { connection, carrier, callId, resumeToken, lastPlayedSeq } = state;
  const message: ClientMessage =
    callId !== undefined && resumeToken !== undefined
      ? { type: 'session.resume', callId, resumeToken, lastPlayedSeq }
      : { type: 'session.start', inputSampleRateHertz: 16_000, outputSampleRateHertz: 24_000, recordingConsent: false };
  const isResumed = message.type === 'session.resume';
  return {
    state: {
      ...state,
      isOpen: true,
      carrier: connection,
      phase: isResumed && state.phase !== 'ending' ? 'live' : state.phase,
    },
    effects: [
      { type: 'send', connection, message },
      ...(carrier === undefined ? [] : [{ type: 'hang-up', connection: carrier } as const]),
    ],
  };
}

function refused(state: SessionState, problem: RefusedBy | undefined): Step {
  // A renewal that failed: the old connection still carries the call, and is missed when it goes.
  if (state.carrier !== undefined) return same({ ...state, connection: state.carrier, isOpen: true });
  if (state.callId !== undefined) return state.route === 'direct' ? dial(state, state.phase, 'relay') : tryAgain(state);
  if (problem !== undefined && isFinal(problem)) return fail(state, adviceFor(problem.code, problem.detail));
  if (state.route === 'direct') return dial(state, state.phase, 'relay');
  return fail(state, adviceFor(problem?.code ?? 'network', problem?.detail));
}

function closed(
  state: SessionState,
  { connection, code }: { readonly connection: number; readonly code: number },
): Step {
  const isOurs = connection === state.carrier || connection === state.connection;
  if (!isOurs) return same(state);
  // The one that carried the call went while its successor is being opened: the successor resumes.
  if (connection !== state.connection) return same({ ...state, carrier: undefined });
  if (state.phase === 'ending') return over(state, { phase: 'ended', endReason: 'client-ended' });
  if (state.callId === undefined) {
    return state.route === 'direct' && code !== 4401 && code !== 4429
      ? dial({ ...state, carrier: undefined }, 'connecting', 'relay')
      : fail(state, state.advice ?? adviceForClose(code));
  }
  const advice = state.advice ?? adviceForClose(code);
  if (UNFORGIVING.includes(code)) return fail(state, advice);
  // The process that had the call is gone or does not know us: whoever owns the call now is found over the relay.
  return tryAgain(code === 4409 ? { ...state, route: 'relay' } : state);
}

function tryAgain(state: SessionState): Step {
  const ms = RETRY_MS[state.attempts];
  if (ms === undefined) return fail(state, adviceFor('network'));
  return {
    state: { ...state, phase: 'reconnecting', isOpen: false, carrier: undefined, advice: undefined },
    effects: [{ type: 'retry-after', ms }],
  };
}

function heard(state: SessionState, connection: number, message: ServerMessage): Step {
  if (connection !== state.carrier) return same(state);
  if ('epoch' in message && message.epoch < state.epoch) return same(state);
  const current =
    'epoch' in message && message.epoch > state.epoch ? { ...state, epoch: message.epoch, lastHeardSeq: -1 } : state;
  switch (message.type) {
    case 'session.ready': {
      const { callId, resumeToken } = message;
      const phase = current.phase === 'ending' ? 'ending' : 'live';
      const next = { ...current, phase, callId, resumeToken, attempts: 0, queuePosition: undefined } as const;
      return {
        state: next,
        effects: [...sayAgain(next, connection, message.resendAfterSeq), ...wishAgain(next, connection)],
      };
    }
    case 'session.agentSwitched': {
      const { agentId } = message;
      const wantedAgentId = current.wantedAgentId === agentId ? undefined : current.wantedAgentId;
      return same({ ...current, switchedAgentId: agentId, wantedAgentId });
    }
    case 'session.queued':
      return same({ ...current, phase: 'queued', queuePosition: message.position });
    case 'audio':
      return message.seq > current.lastHeardSeq
        ? { state: { ...current, attempts: 0, lastHeardSeq: message.seq }, effects: [{ type: 'play', frame: message }] }
        : same(current);
    case 'interrupted':
      return { state: current, effects: [{ type: 'flush' }] };
    case 'warning':
      return message.code === 'connection-renewal' && current.phase === 'live'
        ? dial({ ...current, attempts: 0 }, 'live', current.route)
        : same(current);
    case 'session.ended':
      return over(current, { phase: 'ended', endReason: message.reason });
    case 'problem':
      if (message.errors?.some(({ pointer }) => pointer === '/agentId')) {
        return same({ ...current, wantedAgentId: undefined });
      }
      return same(
        message.closeCode === undefined ? current : { ...current, advice: adviceFor(message.code, message.detail) },
      );
    default:
      return same(current);
  }
}

function wish(state: SessionState, agentId: string): Step {
  if (state.phase !== 'live' || state.carrier === undefined) return same(state);
  const effects = [{ type: 'send', connection: state.carrier, message: switchTo(agentId) }] as const;
  return { state: { ...state, wantedAgentId: agentId }, effects };
}

/** An owner that was lost may not have heard the wish; whoever has heard it takes it for the same. */
function wishAgain({ wantedAgentId }: SessionState, connection: number): readonly SessionEffect[] {
  return wantedAgentId === undefined ? [] : [{ type: 'send', connection, message: switchTo(wantedAgentId) }];
}

function sayAgain({ said }: SessionState, connection: number, afterSeq: number | undefined): readonly SessionEffect[] {
  const frames = afterSeq === undefined ? [] : said.filter(({ seq }) => seq > afterSeq);
  return frames.length === 0 ? [] : [{ type: 'send-again', connection, frames }];
}

/** Words of the caller; lost while there is no connection, as on any telephone. */
function say(state: SessionState, message: (seq: number) => ClientMessage): Step {
  if (state.phase !== 'live' || state.carrier === undefined) return same(state);
  const words = message(state.nextSeq);
  return {
    state:
      words.type === 'audio'
        ? { ...state, nextSeq: state.nextSeq + 1, said: [...state.said, words].slice(-KEPT_FRAMES) }
        : state,
    effects: [{ type: 'send', connection: state.carrier, message: words }],
  };
}

function played(state: SessionState, event: Extract<SessionEvent, { type: 'played' }>): Step {
  const { epoch, turn, playedMs, lastPlayedSeq } = event;
  const next = epoch === state.epoch ? { ...state, lastPlayedSeq } : state;
  if (epoch === 0 || state.carrier === undefined || isOver(state.phase)) return same(next);
  const message: ClientMessage = { type: 'playback', epoch, turn, playedMs };
  return { state: next, effects: [{ type: 'send', connection: state.carrier, message }] };
}

function end(state: SessionState): Step {
  if (isOver(state.phase) || state.phase === 'ending') return same(state);
  if (state.carrier === undefined || state.callId === undefined) {
    return over(state, { phase: 'ended', endReason: 'client-ended' });
  }
  return {
    state: { ...state, phase: 'ending' },
    effects: [
      { type: 'flush' },
      { type: 'send', connection: state.carrier, message: { type: 'session.end' } },
      { type: 'give-up-after', ms: GOODBYE_MS },
    ],
  };
}

const fail = (state: SessionState, advice: Advice): Step => over(state, { phase: 'failed', advice });

function over(state: SessionState, last: Pick<SessionState, 'phase'> & Partial<SessionState>): Step {
  const connections = [...new Set([state.carrier ?? state.connection, state.connection])];
  return {
    state: { ...state, ...last, isOpen: false, carrier: undefined },
    effects: [...connections.map((connection) => ({ type: 'hang-up', connection }) as const), { type: 'rest' }],
  };
}
