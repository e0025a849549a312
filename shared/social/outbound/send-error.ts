/** Why a platform did not take a reply. */
export type SendFailure =
  /** Later: the platform counts. */
  | 'rate-limited'
  /** The platform is not answering, or says so. */
  | 'unavailable'
  /** The token is no good (any more), or does not allow it. */
  | 'credentials-refused'
  /** Too late: the customer must write again first. */
  | 'window-closed'
  /** The customer cannot be reached: blocked us, left the platform. */
  | 'recipient-gone'
  /** Anything else it does not want, however often it is asked. */
  | 'refused';

/** A platform's refusal; `platformCode` is its own. Never holds what was to be said. */
export class SendError extends Error {
  readonly failure: SendFailure;
  readonly platformCode: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    failure: SendFailure,
    platformCode: string,
    message: string,
    { retryAfterSeconds, cause }: { readonly retryAfterSeconds?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'SendError';
    this.failure = failure;
    this.platformCode = platformCode;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
