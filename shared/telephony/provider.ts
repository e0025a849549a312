import { ProblemError, problem } from '../kernel/problems.ts';
import { ClaimRefused } from './number-desk.ts';
import { TwilioError } from './twilio-account.ts';

/** Throws `telephony-not-configured`. */
export const noTelephony = (): never => {
  throw problem(
    'telephony-not-configured',
    'This stage has no telephone provider: set `twilio` in cdk.json (docs/deploy.md).',
  );
};

/** What the provider refused or did not answer, as a problem of ours; the request can be repeated. */
export const fromProvider = async <T>(asked: Promise<T>): Promise<T> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProblemError || error instanceof ClaimRefused) throw error;
    const detail = error instanceof TwilioError ? `Twilio refused: ${error.message}` : 'Twilio did not answer.';
    throw problem('telephony-failed', detail, { retryAfterSeconds: 2, cause: error });
  }
};
