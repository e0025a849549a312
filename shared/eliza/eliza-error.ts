import * as z from 'zod';
import { type ProblemCode, ProblemError, problem } from '../kernel/problems.ts';

/** Why ElizaOS did not do what was asked. */
export type ElizaErrorKind =
  /** 400, 413, 422: the same request is refused again. */
  | 'refused'
  /** 401, 403: the token is not the server's. */
  | 'unauthorized'
  | 'not-found'
  /** 410: the session has expired. */
  | 'gone'
  | 'conflict'
  | 'too-many-requests'
  /** Nobody answered in time. */
  | 'timed-out'
  | 'unreachable'
  | 'failed'
  /** Answered, but not as its API documents. */
  | 'unreadable';

/** `code` is ElizaOS's own (`CREATE_ERROR`, `SESSION_EXPIRED`, …); the message holds nothing that a customer wrote. */
export class ElizaError extends Error {
  readonly kind: ElizaErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;

  constructor(
    kind: ElizaErrorKind,
    status: number | undefined,
    code: string | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ElizaError';
    this.kind = kind;
    this.status = status;
    this.code = code;
  }
}

/** Errors are `{error: {code, message}}` below `/agents` and of sessions, `{error: "…"}` elsewhere. */
const Refusal = z.object({ error: z.object({ code: z.string().max(100) }) });

const KIND_OF: Readonly<Record<number, ElizaErrorKind>> = {
  400: 'refused',
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'not-found',
  408: 'timed-out',
  409: 'conflict',
  410: 'gone',
  413: 'refused',
  422: 'refused',
  429: 'too-many-requests',
  504: 'timed-out',
};

/** Whether a character was refused for what it is; `CREATE_ERROR` also stands for a database that failed. */
const REFUSED_CHARACTER = /validation|unrecognized key|invalid/i;

/** What the server answered instead. The text of its message is not kept: it carries stacks, and words of customers. */
export const classified = ({ status, text }: { readonly status: number; readonly text: string }): ElizaError => {
  const code = codeOf(text);
  const isFailure = code === 'CREATE_ERROR' && !REFUSED_CHARACTER.test(text);
  const kind = isFailure ? 'failed' : (KIND_OF[status] ?? 'failed');
  return new ElizaError(kind, status, code, `ElizaOS answered ${status}${code === undefined ? '' : ` ${code}`}.`);
};

const codeOf = (text: string): string | undefined => {
  try {
    return Refusal.safeParse(JSON.parse(text)).data?.error.code;
  } catch {
    return undefined;
  }
};

/** No answer at all: the connection failed, or time was up. */
export const noAnswer = (cause: unknown): ElizaError => {
  const isLate = cause instanceof Error && /TimeoutError|AbortError/.test(cause.name);
  return isLate
    ? new ElizaError('timed-out', undefined, undefined, 'ElizaOS did not answer in time.', { cause })
    : new ElizaError('unreachable', undefined, undefined, 'ElizaOS cannot be reached.', { cause });
};

const PROBLEM_OF: Readonly<Record<ElizaErrorKind, ProblemCode>> = {
  refused: 'agent-runtime-failed',
  unauthorized: 'agent-unavailable',
  'not-found': 'agent-unavailable',
  gone: 'agent-unavailable',
  conflict: 'agent-unavailable',
  'too-many-requests': 'too-many-requests',
  'timed-out': 'agent-timeout',
  unreachable: 'agent-unavailable',
  failed: 'agent-runtime-failed',
  unreadable: 'agent-runtime-failed',
};

const DETAILS: Readonly<Partial<Record<ProblemCode, string>>> = {
  'agent-runtime-failed': 'The ElizaOS agent ended with an error instead of an answer.',
  'agent-unavailable': 'The ElizaOS server cannot be reached at the moment.',
  'agent-timeout': 'The ElizaOS agent gave no answer in time.',
  'too-many-requests': 'Too many messages at once. Wait a moment, then repeat.',
};

/** As the callers of a `ReplyEngine` know it. Whatever is no error of ElizaOS stays what it is. */
export const elizaProblem = (error: unknown): unknown => {
  if (error instanceof ProblemError || !(error instanceof ElizaError)) return error;
  const code = PROBLEM_OF[error.kind];
  return problem(code, DETAILS[code] ?? error.message, { cause: error, retryAfterSeconds: 2 });
};
