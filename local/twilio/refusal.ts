/** An answer of Twilio's REST API other than success, with Twilio's own code (twilio.com/docs/api/errors). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }

  /** The document Twilio sends. */
  get document(): object {
    const { code, message, status } = this;
    return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  }
}

/** What Twilio's console would show about a call that went wrong. */
export interface Alert {
  readonly code: number;
  readonly message: string;
  readonly callSid: string;
}
