import * as z from 'zod';

/** ITU-T E.164: a plus and at most 15 digits, the country code first. */
export const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'A number is written as E.164: +15551234567.');

export const NUMBER_PROVIDERS = ['twilio', 'connect'] as const;
export type NumberProvider = (typeof NUMBER_PROVIDERS)[number];

export const NUMBER_TYPES = ['local', 'toll-free', 'mobile'] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

export const NUMBER_STATUSES = ['claiming', 'available', 'pointing', 'assigned', 'releasing'] as const;
export type NumberStatus = (typeof NUMBER_STATUSES)[number];

export interface NumberCapabilities {
  readonly voice: boolean;
  readonly sms: boolean;
  readonly mms: boolean;
}

/** Who holds the numbers of the stage that no tenant has. No token has such a subject. */
export const NOBODY = '#nobody';

/**
 * One row of `{prefix}-phone-numbers` (PK `phoneNumber`): a number of a provider, whose it is, and which agents have it.
 * Times are Unix seconds.
 */
export interface PhoneNumber {
  readonly phoneNumber: string;
  /** The tenant, or `NOBODY`. */
  readonly userId: string;
  readonly provider: NumberProvider;
  /** Twilio's or Amazon Connect's id of it; absent until the provider has answered a claim. */
  readonly providerId?: string;
  /** `stage`: the account had it. `claimed`: a tenant claimed it. `channel`: a channel of the agent brought it. */
  readonly origin: 'stage' | 'claimed' | 'channel';
  readonly country?: string;
  readonly type?: NumberType;
  readonly capabilities: NumberCapabilities;
  /** What is under way outside, if anything; whoever repeats the request, or syncs, finishes it. */
  readonly pending?: 'claiming' | 'pointing' | 'releasing';
  /** The one agent that answers; any number of agents may call from it. */
  readonly inboundAgentId?: string;
  readonly outboundAgentIds: readonly string[];
  /** Counts changes of what the provider is to be told. */
  readonly revision: number;
  /** Of a claim: which request it was. */
  readonly claimId?: string;
  readonly assignedAt?: number;
  readonly claimedAt?: number;
  readonly vanishedAt?: number;
}

/** What a listing shows. */
export const statusOfNumber = ({
  pending,
  inboundAgentId,
  outboundAgentIds,
}: Pick<PhoneNumber, 'pending' | 'inboundAgentId' | 'outboundAgentIds'>): NumberStatus => {
  if (pending === 'claiming' || pending === 'releasing') return pending;
  if (inboundAgentId === undefined && outboundAgentIds.length === 0) return 'available';
  return pending === 'pointing' && inboundAgentId !== undefined ? 'pointing' : 'assigned';
};
