import type { Agent } from '../agents/agent.ts';
import type { NumberCapabilities, NumberProvider, NumberType, PhoneNumber } from './phone-number.ts';

/** A number as its provider has it. */
export interface FoundNumber {
  readonly phoneNumber: string;
  readonly providerId: string;
  readonly country?: string;
  readonly type?: NumberType;
  readonly capabilities: NumberCapabilities;
  /** Whether calls to it are told to us, where the provider says so. */
  readonly isPointed?: boolean;
  /** The claim it was taken by, if one of ours. */
  readonly claimId?: string;
  /** Whose it is by what it is labelled with: a tenant's, or a channel's of one of its agents. */
  readonly owner?: { readonly userId: string; readonly agentId?: string };
  /** Of a number that is not there yet. */
  readonly isInProgress?: boolean;
}

export interface NumberOffer {
  readonly phoneNumber: string;
  readonly country: string;
  readonly type: NumberType;
  readonly locality?: string;
  readonly region?: string;
  readonly capabilities: NumberCapabilities;
}

export interface NumberSearch {
  readonly country: string;
  readonly type: NumberType;
  readonly areaCode?: string | undefined;
  readonly limit: number;
}

export interface ClaimedFor {
  readonly phoneNumber: string;
  readonly userId: string;
  readonly claimId: string;
}

/**
 * Where a provider's numbers are had, told whom to ring, and given back. All of it may be repeated; what a provider
 * refuses or does not answer is thrown as a problem (`ProblemError`).
 */
export interface NumberDesk {
  readonly provider: NumberProvider;
  /** All of them; `isWhole` is false where there are more than were looked at. */
  readonly list: () => Promise<{ readonly numbers: readonly FoundNumber[]; readonly isWhole: boolean }>;
  /** Undefined when the account has no such number. */
  readonly find: (phoneNumber: string) => Promise<FoundNumber | undefined>;
  /** A listed number with whose it is; undefined when it is gone, or its claim has failed. */
  readonly describe: (listed: FoundNumber) => Promise<FoundNumber | undefined>;
  readonly search: (wanted: NumberSearch) => Promise<readonly NumberOffer[]>;
  /** The same claim twice is one number; undefined when somebody else was faster. Throws `ClaimRefused`. */
  readonly claim: (wanted: ClaimedFor) => Promise<FoundNumber | undefined>;
  readonly release: (number: PhoneNumber) => Promise<void>;
  /** Throws why this agent cannot answer numbers of this provider, if so. */
  readonly demandAnswering: (agent: Agent) => Promise<void>;
  /** Tells the provider what the row says: who answers, or that nobody does. */
  readonly point: (number: PhoneNumber) => Promise<void>;
}

/** The provider refuses a claim for good: it left nothing behind. */
export class ClaimRefused extends Error {
  readonly problem: Error;

  constructor(problem: Error) {
    super(problem.message, { cause: problem });
    this.name = 'ClaimRefused';
    this.problem = problem;
  }
}
