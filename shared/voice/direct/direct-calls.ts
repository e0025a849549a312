import { FencedError, type OwnerClaim } from '../keeper/call-keeper.ts';
import type { CloseCode } from '../protocol/messages.ts';
import type { SessionClock } from '../session/clock.ts';
import { type ClientConnection, type ClientWord, clientConnection } from './client-connection.ts';
import type { ClientSocket } from './client-socket.ts';
import { type DirectTransport, directTransport, TAKEN_OVER } from './direct-transport.ts';
import type { ProblemNotice } from './read-client-message.ts';
import type { SessionStart } from './with-wishes.ts';

/** A call that a client has begun. */
interface Begun {
  readonly transport: DirectTransport;
  readonly claim: OwnerClaim;
  /** What the client said first, its ticket apart. */
  readonly start: SessionStart;
}

export interface DirectCallsDependencies {
  /** Owns the call from claim to end (`runVoiceSession`); throws `FencedError` when the claim does not hold. */
  readonly runCall: (call: Begun) => Promise<void>;
  readonly clock: SessionClock;
  /** Age at which the carrier ends a connection. */
  readonly maxConnectionMs: number;
  readonly failed: (callId: string, error: unknown) => void;
}

/** The calls of this process. */
export interface DirectCalls {
  /** Takes a new socket of the call into its care. */
  readonly accept: (socket: ClientSocket, callId: string) => void;
  readonly active: () => number;
  /** Resolves when no call is on any more. */
  readonly idle: () => Promise<void>;
}

/** A client that says nothing after the handshake. */
const FIRST_MESSAGE_TIMEOUT_MS = 10_000;
/** On the direct path a ticket is the owner token of the call's first epoch. */
const FIRST_EPOCH = 1;

export function directCalls(dependencies: DirectCallsDependencies): DirectCalls {
  const { clock } = dependencies;
  const calls = new Map<string, { readonly transport: DirectTransport; readonly ended: Promise<void> }>();

  const begin = (connection: ClientConnection, callId: string, start: SessionStart): ProblemNotice | undefined => {
    if (start.ticket === undefined) return stop(connection, NO_TICKET);
    if (calls.has(callId)) return stop(connection, TAKEN);
    const { ticket, ...rest } = start;
    const transport = directTransport({ ...dependencies, connection, start: rest });
    const claim = { callId, epoch: FIRST_EPOCH, ownerToken: ticket };
    const ended = own(dependencies, { transport, claim, start: rest }).finally(() => calls.delete(callId));
    calls.set(callId, { transport, ended });
    return undefined;
  };
  const goOn = (connection: ClientConnection, callId: string, message: ResumeMessage): ProblemNotice | undefined => {
    const call = message.callId === callId ? calls.get(callId) : undefined;
    if (call === undefined) return stop(connection, NOT_HERE);
    return call.transport.resume(connection, message) ? undefined : stop(connection, WRONG_TOKEN);
  };
  return {
    accept: (socket, callId) => {
      const connection = clientConnection(socket, clock);
      const begun = new AbortController();
      const first = (message: ClientWord): ProblemNotice | undefined => {
        if (message.type !== 'session.start' && message.type !== 'session.resume') return NOT_STARTED;
        begun.abort(new Error('The session has begun.'));
        return message.type === 'session.start'
          ? begin(connection, callId, message)
          : goOn(connection, callId, message);
      };
      connection.hear({ message: first, closed: () => begun.abort(new Error('The client has left.')) });
      clock.sleep(FIRST_MESSAGE_TIMEOUT_MS, begun.signal).then(
        () => connection.end(4408, SILENT),
        () => undefined,
      );
    },
    active: () => calls.size,
    idle: async () => {
      await Promise.all([...calls.values()].map(({ ended }) => ended));
    },
  };
}

type ResumeMessage = Extract<ClientWord, { type: 'session.resume' }>;

/** Runs the call; whatever ends it, the client hears why and the connection is closed. */
async function own({ runCall, failed }: DirectCallsDependencies, begun: Begun): Promise<void> {
  const { transport, claim } = begun;
  try {
    await runCall(begun);
    await transport.close(1000);
  } catch (error) {
    const isFenced = error instanceof FencedError;
    if (!isFenced) failed(claim.callId, error);
    const problem = !isFenced ? FAILED : transport.isReady() ? TAKEN_OVER : WRONG_TOKEN;
    transport.send(problem);
    await transport.close((problem.closeCode ?? 4500) as CloseCode);
  }
}

/** Ends the connection with the problem; nothing more is to be said about the message. */
const stop = (connection: ClientConnection, problem: ProblemNotice): undefined => {
  connection.end((problem.closeCode ?? 4500) as CloseCode, problem);
  return undefined;
};

const notice = (code: string, closeCode: CloseCode | undefined, title: string, detail: string): ProblemNotice => ({
  type: 'problem',
  code,
  title,
  detail,
  retryable: closeCode === 4500 || closeCode === 4409,
  ...(closeCode === undefined ? {} : { closeCode }),
});

const NO_TICKET = notice(
  'unauthenticated',
  4401,
  'The call needs a ticket',
  'Send the ticket of POST /voice-tickets in session.start.',
);
const WRONG_TOKEN = notice(
  'unauthenticated',
  4401,
  'The credential does not hold',
  'The ticket or resume token is wrong, expired or used up. Get a new ticket.',
);
const TAKEN = notice(
  'call-taken',
  4409,
  'The call has begun already',
  'Somebody has started this call. Use session.resume to go on with it.',
);
const NOT_HERE = notice(
  'call-not-here',
  4409,
  'The call is not here',
  'This process does not have the call: it is over, or goes on elsewhere. Resume it over the relay.',
);
const NOT_STARTED = notice(
  'not-started',
  undefined,
  'The session has not started',
  'Send session.start or session.resume first.',
);
const SILENT = notice('too-late', 4408, 'Nothing was said', 'Send session.start within ten seconds.');
const FAILED = notice('internal-error', 4500, 'The session failed', 'Something went wrong on our side. Call again.');
