import * as z from 'zod';

/** The stage's Twilio account, as its secret holds it. */
export const TwilioAccount = z.object({
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/),
  authToken: z.string().min(16),
});
export type TwilioAccount = z.output<typeof TwilioAccount>;

/** What Twilio answered when it refused; `code` is Twilio's own (twilio.com/docs/api/errors). */
export class TwilioError extends Error {
  readonly status: number;
  readonly code: number | undefined;
  constructor(status: number, code: number | undefined, message: string) {
    super(message);
    this.name = 'TwilioError';
    this.status = status;
    this.code = code;
  }
}
