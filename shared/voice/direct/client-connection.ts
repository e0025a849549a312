import { CLOSE_CODES, type ClientMessage, type CloseCode, type ServerMessage } from '../protocol/messages.ts';
import type { SessionClock } from '../session/clock.ts';
import type { ClientSocket } from './client-socket.ts';
import { type ProblemNotice, readClientMessage } from './read-client-message.ts';

/** What a connection passes on; pings are answered by the connection itself. */
export type ClientWord = Exclude<ClientMessage, { type: 'ping' }>;

export interface ConnectionEvents {
  /** A problem is sent to the client and counted as a message that was not understood. */
  readonly message: (message: ClientWord) => ProblemNotice | undefined;
  /** Once, however the connection ended. */
  readonly closed: () => void;
}

/** One socket of a client, with the manners of the protocol: limits, problems, pings. */
export interface ClientConnection {
  readonly openedAtMs: number;
  readonly send: (message: ServerMessage) => void;
  readonly bufferedBytes: () => number;
  /** Says why, where there is a problem, and closes; a client that does not answer the close is cut off. */
  readonly end: (code: CloseCode, problem?: ProblemNotice) => void;
  /** Cuts the client off at once. */
  readonly terminate: () => void;
  /** Once: whoever reads the messages from now on. Messages before are lost. */
  readonly hear: (events: ConnectionEvents) => void;
}

/** AgentCore takes no more frames a second on a connection (quotas of AgentCore Runtime, 2026-11). */
const MAX_FRAMES_PER_SECOND = 250;
const MAX_BAD_MESSAGES = 5;
/**
 * A socket that answers no ping is half-open: its client has left without a word. Whether a carrier passes pings of the
 * WebSocket protocol on is its own affair; a client's own `ping` comes as often, so one may miss the other narrowly.
 */
const PING_EVERY_MS = 10_000;
const MAX_UNANSWERED = 2;
const CLOSE_TIMEOUT_MS = 2000;

/** Takes a socket into its care. The reader may change (`hear`): first who finds the call, then the call itself. */
export function clientConnection(socket: ClientSocket, clock: SessionClock): ClientConnection {
  const over = new AbortController();
  const rate = { tokens: MAX_FRAMES_PER_SECOND, atMs: clock.now() };
  let reader: ConnectionEvents | undefined;
  let badMessages = 0;
  let unanswered = 0;
  let isEnding = false;

  const send = (message: ServerMessage): void => {
    if (!over.signal.aborted) socket.send(JSON.stringify(message));
  };
  const end = (code: CloseCode, problem?: ProblemNotice): void => {
    if (isEnding || over.signal.aborted) return;
    if (problem !== undefined) send(problem);
    isEnding = true;
    socket.close(code, CLOSE_CODES[code]);
    clock.sleep(CLOSE_TIMEOUT_MS, over.signal).then(socket.terminate, () => undefined);
  };
  const refuse = (problem: ProblemNotice): void => {
    badMessages += 1;
    if (badMessages > MAX_BAD_MESSAGES) end(4400, { ...problem, closeCode: 4400 });
    else send(problem);
  };
  const understand = (data: Uint8Array, isBinary: boolean): void => {
    const result = readClientMessage(data, isBinary);
    if (result.kind === 'fatal') end((result.problem.closeCode ?? 4400) as CloseCode, result.problem);
    else if (result.kind === 'bad') refuse(result.problem);
    else if (result.message.type === 'ping') send({ ...result.message, type: 'pong' });
    else {
      const problem = reader?.message(result.message);
      if (problem !== undefined) refuse(problem);
    }
  };
  socket.listen({
    message: (data, isBinary) => {
      unanswered = 0;
      if (isEnding) return;
      if (takeToken(rate, clock.now())) understand(data, isBinary);
      else end(4429, TOO_FAST);
    },
    pong: () => {
      unanswered = 0;
    },
    closed: () => {
      over.abort(new Error('The connection is closed.'));
      reader?.closed();
    },
  });
  const watch = async (): Promise<void> => {
    while (unanswered < MAX_UNANSWERED) {
      unanswered += 1;
      socket.ping();
      await clock.sleep(PING_EVERY_MS, over.signal);
    }
    socket.terminate();
  };
  watch().catch(() => undefined);

  return {
    openedAtMs: clock.now(),
    send,
    bufferedBytes: socket.bufferedBytes,
    end,
    terminate: socket.terminate,
    hear: (events) => {
      reader = events;
      if (over.signal.aborted) events.closed();
    },
  };
}

const TOO_FAST: ProblemNotice = {
  type: 'problem',
  code: 'too-many-messages',
  title: 'Messages came too fast',
  detail: `At most ${MAX_FRAMES_PER_SECOND} messages a second.`,
  retryable: true,
  closeCode: 4429,
};

/** A bucket that holds one second's worth. */
function takeToken(rate: { tokens: number; atMs: number }, nowMs: number): boolean {
  const refilled = rate.tokens + ((nowMs - rate.atMs) * MAX_FRAMES_PER_SECOND) / 1000;
  rate.tokens = Math.min(MAX_FRAMES_PER_SECOND, refilled);
  rate.atMs = nowMs;
  if (rate.tokens < 1) return false;
  rate.tokens -= 1;
  return true;
}
