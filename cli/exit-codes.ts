import { CommanderError } from 'commander';
import { OratioProblem } from '../client/index.ts';

/** What the program ends with: scripts may count on it. Told by `oratio --help`, too. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work out. */
  failed: 1,
  /** The command line, or what it names, is not right; nothing was done. */
  usage: 2,
  notFound: 3,
  /** Not signed in, or without the right. */
  notAllowed: 4,
  /** Not in this state: somebody else was there first, or it is busy. */
  conflict: 5,
  /** Nothing answers, or not now: the same command may work later. */
  unavailable: 6,
  /** Ended by Ctrl+C, as shells count it. */
  interrupted: 130,
} as const;

/** A command line that cannot be carried out; its message is for who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A name that stands for nothing there is. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** What was to be waited for went wrong. */
export class FailedError extends Error {
  override readonly name = 'FailedError';
}

/** The exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof NotFoundError) return EXIT.notFound;
  // The web's is a DOMException, that of Node's timers and prompts is not.
  if (error instanceof Error && error.name === 'AbortError') return EXIT.interrupted;
  if (error instanceof OratioProblem) return ofStatus(error.status);
  return EXIT.failed;
}

function ofStatus(status: number): number {
  if (status === 400 || status === 413 || status === 415 || status === 422) return EXIT.usage;
  if (status === 401 || status === 403) return EXIT.notAllowed;
  if (status === 404) return EXIT.notFound;
  if (status === 409 || status === 412) return EXIT.conflict;
  return status === 0 || status === 429 || status === 503 || status === 504 ? EXIT.unavailable : EXIT.failed;
}

/** What a person is told about a failure: what is wrong, where, and the request's id. */
export function failureLines(error: unknown): readonly string[] {
  if (!(error instanceof OratioProblem)) return [error instanceof Error ? error.message : String(error)];
  // One place only is what the detail tells of already.
  const places = error.errors.map(
    ({ pointer, message }) => `  ${pointer === '' ? '/' : pointer}${message === error.detail ? '' : `: ${message}`}`,
  );
  const advice = error.status === 401 ? ['Sign in with `oratio login`.'] : [];
  const after = error.retryAfterSeconds === undefined ? [] : [`Try again in ${error.retryAfterSeconds} s.`];
  const id = error.requestId === undefined ? '' : ` (${error.code}, request ${error.requestId})`;
  return [`${error.message}${id}`, ...places, ...after, ...advice];
}
