import type { PhoneNumber } from './phone-number.ts';

type Number = Pick<PhoneNumber, 'phoneNumber'>;

/** A number, its tenant and one of the tenant's agents. */
export interface NumberOfAgent extends Number {
  readonly userId: string;
  readonly agentId: string;
}

export interface InboundAssignment extends NumberOfAgent {
  /** The agent that may be there now. */
  readonly replaces?: string | undefined;
  readonly assignedAt: number;
}

/** A claim that is under way. */
export type Claiming = Pick<PhoneNumber, 'phoneNumber' | 'userId' | 'claimId'>;

/**
 * Numbers. Every write is conditional and says by `undefined` or `false` that its condition did not hold: whoever asked
 * reads the row to find out why.
 */
export interface PhoneNumberStore {
  /** Strongly consistent. */
  readonly find: (phoneNumber: string) => Promise<PhoneNumber | undefined>;
  /** Those of these numbers that have a row; strongly consistent. */
  readonly findAll: (phoneNumbers: readonly string[]) => Promise<readonly PhoneNumber[]>;
  /** A tenant's numbers, or `NOBODY`'s, in their order; eventually consistent. */
  readonly list: (query: {
    readonly userId: string;
    readonly limit: number;
    readonly after?: string;
  }) => Promise<{ readonly numbers: readonly PhoneNumber[]; readonly last?: string }>;
  /** Writes a row where there is none. */
  readonly add: (number: PhoneNumber) => Promise<boolean>;
  /**
   * Makes the agent the one that answers, of a number that is the tenant's or nobody's and that no other agent answers
   * but `replaces`. The provider is to be told then, and `settle` to be called.
   */
  readonly assign: (wanted: InboundAssignment) => Promise<PhoneNumber | undefined>;
  /** Lets this agent answer no more, if it does. The provider is to be told then, and `settle` to be called. */
  readonly free: (number: NumberOfAgent) => Promise<PhoneNumber | undefined>;
  /** Lets the agent call from a number that is the tenant's or nobody's; harmless when repeated. */
  readonly assignOutbound: (number: NumberOfAgent) => Promise<PhoneNumber | undefined>;
  /** Harmless when repeated. */
  readonly freeOutbound: (number: NumberOfAgent) => Promise<PhoneNumber | undefined>;
  /** Notes that the provider was told what the row said at this revision; undefined when it says something else now. */
  readonly settle: (number: Pick<PhoneNumber, 'phoneNumber' | 'revision'>) => Promise<PhoneNumber | undefined>;
  /** Leaves a number of the stage that no agent has any more to whoever wants it. */
  readonly leave: (number: Pick<PhoneNumber, 'phoneNumber' | 'userId'>) => Promise<boolean>;
  /** Completes a claim by what the provider said of the number; `pending` when it is still at work. */
  readonly claimed: (
    claim: Claiming,
    found: Pick<PhoneNumber, 'providerId' | 'capabilities' | 'country' | 'type' | 'pending'> & {
      readonly claimedAt: number;
    },
  ) => Promise<PhoneNumber | undefined>;
  /** Forgets a claim that came to nothing. */
  readonly forgetClaim: (claim: Claiming) => Promise<boolean>;
  /** Marks a claimed number that no agent has as on its way back; harmless when repeated. */
  readonly release: (number: Pick<PhoneNumber, 'phoneNumber' | 'userId'>) => Promise<PhoneNumber | undefined>;
  /** Forgets a number that is on its way back, one that nobody has, or one that a channel had. */
  readonly remove: (number: Pick<PhoneNumber, 'phoneNumber' | 'userId'>) => Promise<boolean>;
  /** Notes since when the provider has no such number, unless the assignment changed since the row was read. */
  readonly markVanished: (number: Unchanged, vanishedAt: number) => Promise<boolean>;
  /** Notes that the provider has the number, and by which id. */
  readonly markFound: (number: Unchanged, providerId: string) => Promise<boolean>;
}

type Unchanged = Pick<PhoneNumber, 'phoneNumber' | 'userId' | 'revision'>;
