import * as z from 'zod';

/** ITU-T E.164: a plus and at most 15 digits, the country code first. */
export const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'A number is written as E.164: +15551234567.');

/** One row of `{prefix}-phone-numbers` (PK `phoneNumber`): who answers calls to a number. Times are Unix seconds. */
export interface PhoneNumber {
  readonly phoneNumber: string;
  readonly userId: string;
  /** The one agent that answers; any number of agents may call from it. */
  readonly agentId: string;
  /** Twilio's id of the number. */
  readonly numberSid: string;
  /** `pointing`: the provider has not been told yet; the same request again finishes it. */
  readonly status: 'pointing' | 'assigned';
  readonly assignedAt: number;
}

/** Assignments of numbers; every write is conditional on the tenant. */
export interface PhoneNumberStore {
  readonly find: (phoneNumber: string) => Promise<PhoneNumber | undefined>;
  /** False when the number is another tenant's. */
  readonly assign: (number: PhoneNumber) => Promise<boolean>;
  /** Notes that the provider knows; false when the number has been assigned anew or freed meanwhile. */
  readonly confirm: (number: Pick<PhoneNumber, 'phoneNumber' | 'userId' | 'agentId'>) => Promise<boolean>;
  /** Frees the number if it is still this agent's; false when it was not. */
  readonly free: (number: Pick<PhoneNumber, 'phoneNumber' | 'userId' | 'agentId'>) => Promise<boolean>;
  /** In the order of the numbers. */
  readonly list: (query: {
    readonly userId: string;
    readonly limit: number;
    readonly after?: string;
  }) => Promise<{ readonly numbers: readonly PhoneNumber[]; readonly last?: string }>;
}
