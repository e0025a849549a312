import { createHash, timingSafeEqual } from 'node:crypto';
import type { AudioFormat } from '../../../audio/format.ts';
import { createFrameWindow, FRAME_WINDOW_BOUNDS, type WindowRelease } from '../protocol/frame-window.ts';
import type { ClientMessage, CloseCode } from '../protocol/messages.ts';
import type { SessionClock } from '../session/clock.ts';
import type { OutboundMessage, VoiceTransport } from '../session/transport.ts';
import type { ClientConnection, ClientWord } from './client-connection.ts';
import { inboundQueue } from './inbound-queue.ts';
import { outboundQueue } from './outbound-queue.ts';
import { type ProblemNotice, readAudio } from './read-client-message.ts';
import { expectAgain, type NumberedAudio } from './resent-audio.ts';

type SessionStart = Extract<ClientMessage, { type: 'session.start' }>;
type SessionResume = Extract<ClientMessage, { type: 'session.resume' }>;

export interface DirectTransport extends VoiceTransport {
  readonly kind: 'direct';
  /** A new connection of the same client; false when `resumeToken` is not the one that `session.ready` gave. */
  readonly resume: (connection: ClientConnection, message: SessionResume) => boolean;
  /** Whether `session.ready` was said. */
  readonly isReady: () => boolean;
}

export interface DirectTransportOptions {
  readonly connection: ClientConnection;
  /** The first message; the session reads it as its first, too. */
  readonly start: SessionStart;
  readonly clock: SessionClock;
  /** Age at which a connection must be renewed because its carrier ends it. */
  readonly maxConnectionMs: number;
}

/** A client that leaves this much unread is not listening: half a minute of speech. */
const MAX_UNREAD_BYTES = 2_000_000;
/** Above this the wire is full, and what is kept back here can still be flushed. */
const FULL_BYTES = 64_000;
const FULL_RETRY_MS = 20;
/** Longer than any answer; a session that says more has lost its senses. */
const MAX_QUEUED_MS = 300_000;
/** How long before the end of a connection the client is told to renew it. */
const RENEWAL_NOTICE_MS = 240_000;

/**
 * A client on its own socket: AgentCore's `/ws` or our media server. Ends its messages with `disconnected` when the
 * socket is gone; the next socket of the same client takes its place (`resume`), and what it had not played is sent
 * again.
 */
export function directTransport(options: DirectTransportOptions): DirectTransport {
  const { clock, start } = options;
  const input: AudioFormat = { encoding: 'pcm16', sampleRateHertz: start.inputSampleRateHertz };
  const output: AudioFormat = { encoding: 'pcm16', sampleRateHertz: start.outputSampleRateHertz };
  const inbound = inboundQueue();
  const outbound = outboundQueue(output);
  const window = createFrameWindow<NumberedAudio>();
  const closing = new AbortController();
  const state: State = { connection: undefined, resumeToken: undefined, epoch: 1, isWaiting: false, isExpiring: false };

  const hearAudio = (message: Extract<ClientWord, { type: 'audio' }>): ProblemNotice | undefined => {
    const audio = readAudio(message.audio, input);
    if (!(audio instanceof Uint8Array)) return audio;
    passOn(window.push(message.seq, { seq: message.seq, audio }, clock.now()));
    return undefined;
  };
  const passOn = ({ frames, lost }: WindowRelease<NumberedAudio>): void => {
    if (lost > 0) inbound.push({ type: 'lost', frames: lost });
    for (const frame of frames) inbound.push({ type: 'audio', ...frame });
    if (window.held() === 0 || state.isExpiring) return;
    state.isExpiring = true;
    const expire = () => {
      state.isExpiring = false;
      passOn(window.expire(clock.now()));
    };
    clock.sleep(FRAME_WINDOW_BOUNDS.maxHoldMs, closing.signal).then(expire, () => undefined);
  };
  const attach = (connection: ClientConnection): void => {
    state.connection = connection;
    connection.hear({
      message: (message) => {
        if (message.type === 'audio') return hearAudio(message);
        if (message.type === 'session.start' || message.type === 'session.resume') return ALREADY_STARTED;
        inbound.push(message);
        return undefined;
      },
      closed: () => {
        if (state.connection !== connection) return;
        state.connection = undefined;
        inbound.push({ type: 'disconnected' });
      },
    });
    remindOfRenewal(connection, options, closing.signal, () => state.epoch);
  };
  const isDeaf = (): boolean =>
    (state.connection?.bufferedBytes() ?? 0) > MAX_UNREAD_BYTES || outbound.queuedMs() > MAX_QUEUED_MS;
  const drain = (): void => {
    while (!state.isWaiting && !closing.signal.aborted && state.connection !== undefined) {
      const { connection } = state;
      const unread = connection.bufferedBytes();
      const next = unread > FULL_BYTES ? { waitMs: FULL_RETRY_MS } : outbound.take(clock.now());
      if (next === undefined) return;
      if ('waitMs' in next) wait(next.waitMs);
      else connection.send(next.message);
    }
  };
  const wait = (ms: number): void => {
    state.isWaiting = true;
    const go = () => {
      state.isWaiting = false;
      drain();
    };
    clock.sleep(ms, closing.signal).then(go, () => undefined);
  };

  inbound.push(start);
  attach(options.connection);
  return {
    kind: 'direct',
    input,
    output,
    messages: inbound.messages,
    audioSeq: outbound.audioSeq,
    send: (message) => {
      note(state, message);
      expectAgain(window, message, clock.now());
      outbound.push(message);
      if (isDeaf()) state.connection?.terminate();
      else drain();
    },
    flush: (notice) => {
      const dropped = outbound.flush(notice.turn);
      state.connection?.send({ type: 'interrupted', ...notice });
      drain();
      return dropped;
    },
    close: async (code) => {
      inbound.end();
      if (!closing.signal.aborted) for (const { message } of outbound.takeAll()) state.connection?.send(message);
      closing.abort(new Error('The transport is closed.'));
      await goodbye(state, code);
    },
    release: async () => {
      inbound.end();
      closing.abort(new Error('The transport was released.'));
    },
    isReady: () => state.resumeToken !== undefined,
    resume: (connection, message) => {
      if (closing.signal.aborted || !isSame(message.resumeToken, state.resumeToken)) return false;
      const former = state.connection;
      attach(connection);
      former?.end(4409, TAKEN_OVER);
      passOn(window.restart());
      inbound.push(message);
      outbound.rewind(message.lastPlayedSeq);
      drain();
      return true;
    },
  };
}

interface State {
  connection: ClientConnection | undefined;
  resumeToken: string | undefined;
  epoch: number;
  isWaiting: boolean;
  isExpiring: boolean;
}

/** What the transport itself must know of what the session says. */
function note(state: State, message: OutboundMessage): void {
  if (message.type === 'session.ready') state.resumeToken = message.resumeToken;
  if ('epoch' in message) state.epoch = Math.max(state.epoch, message.epoch);
}

const goodbye = (state: State, code: CloseCode): Promise<void> => {
  const { connection } = state;
  if (connection === undefined) return Promise.resolve();
  state.connection = undefined;
  return new Promise((resolve) => {
    connection.hear({ message: () => undefined, closed: resolve });
    connection.end(code);
  });
};

/** In time that does not depend on where the two differ. */
const isSame = (given: string, right: string | undefined): boolean =>
  right !== undefined && timingSafeEqual(digest(given), digest(right));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function remindOfRenewal(
  connection: ClientConnection,
  { clock, maxConnectionMs }: DirectTransportOptions,
  signal: AbortSignal,
  epoch: () => number,
): void {
  const remind = () =>
    connection.send({
      type: 'warning',
      epoch: epoch(),
      code: 'connection-renewal',
      message: 'This connection will be closed. Open another one with session.resume.',
      withinSeconds: RENEWAL_NOTICE_MS / 1000,
    });
  clock.sleep(Math.max(0, maxConnectionMs - RENEWAL_NOTICE_MS), signal).then(remind, () => undefined);
}

const ALREADY_STARTED: ProblemNotice = {
  type: 'problem',
  code: 'already-started',
  title: 'The session has started already',
  detail: 'session.start or session.resume is the first message of a connection, and the only one of its kind.',
  retryable: false,
};

export const TAKEN_OVER: ProblemNotice = {
  type: 'problem',
  code: 'resumed-elsewhere',
  title: 'The call goes on over another connection',
  detail: 'Another connection of this client has resumed the call.',
  retryable: false,
  closeCode: 4409,
};
