import type * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import { digestOf, once } from '../http/idempotency.ts';
import type { ApiAnswer } from '../http/request.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { ProblemError, problem } from '../kernel/problems.ts';
import type { ManagePhoneNumbersDeps } from './manage-phone-numbers.ts';
import { ClaimRefused, type FoundNumber } from './number-desk.ts';
import type { PhoneNumber } from './phone-number.ts';
import type { ClaimPhoneNumberBody } from './phone-number-requests.ts';
import { phoneNumberView } from './phone-number-view.ts';

type Deps = Pick<ManagePhoneNumbersDeps, 'numbers' | 'desks' | 'clock' | 'idempotency' | 'ids'>;
type Wanted = z.output<typeof ClaimPhoneNumberBody>;
interface Claimant {
  readonly userId: string;
  readonly claimId: string;
}

/** Offers tried one after the other: each may be taken by somebody else before we ask for it. */
const CANDIDATES = 5;
const OWN_AT_ONCE = 100;
/** There was no provider to ask. */
const NOT_ASKED: readonly string[] = ['telephony-not-configured', 'connect-not-configured'];

/** Numbers that can be claimed. */
export const listPhoneNumberOffers =
  ({ desks }: Pick<Deps, 'desks'>) =>
  async ({ query }: Pick<RequestOf<'listPhoneNumberOffers'>, 'query'>): Promise<ApiAnswer> => {
    const { provider, ...wanted } = query;
    const offers = await desks[provider].search(wanted);
    return {
      status: 200,
      body: {
        offers: offers.slice(0, wanted.limit).map(({ locality, region, ...offer }) => ({
          ...offer,
          provider,
          locality: locality ?? null,
          region: region ?? null,
        })),
      },
    };
  };

/**
 * Claims a number. Its row comes first and says so; then the provider is asked under the name of the claim: whatever
 * dies in between leaves a row that says what to look for, which the same request or the next sync completes.
 */
export const claimPhoneNumber =
  (deps: Deps) =>
  (request: Pick<RequestOf<'claimPhoneNumber'>, 'userId' | 'headers' | 'body'>): Promise<ApiAnswer> => {
    const { userId, body } = request;
    return once(deps)(request, {
      operation: 'claimPhoneNumber',
      digest: digestOf(body),
      newId: deps.ids.inOrder,
      make: async (claimId) => {
        const number = await claimed(deps, { userId, claimId }, body);
        return { status: 201, body: phoneNumberView(number, userId) };
      },
    });
  };

const claimed = async (deps: Deps, claimant: Claimant, wanted: Wanted): Promise<PhoneNumber> => {
  const begun = await begunBefore(deps, claimant, wanted);
  if (begun !== undefined && begun.pending !== 'claiming') return begun;
  const resumed = begun === undefined ? undefined : await taken(deps, begun, wanted);
  if (resumed !== undefined) return resumed;
  const candidates =
    wanted.phoneNumber === undefined
      ? (await deps.desks[wanted.provider].search({ ...wanted, limit: CANDIDATES })).map((offer) => offer.phoneNumber)
      : [wanted.phoneNumber];
  for (const phoneNumber of candidates) {
    const number = claimingRow(deps, claimant, wanted, phoneNumber);
    const isReserved = await deps.numbers.add(number);
    const result = isReserved ? await taken(deps, number, wanted) : undefined;
    if (result !== undefined) return result;
    if (!isReserved && wanted.phoneNumber !== undefined) throw known();
  }
  throw problem(
    'no-number-available',
    wanted.phoneNumber === undefined
      ? `There is no ${wanted.type} number in ${wanted.country} to be had at the moment. Choose another country, type or area.`
      : 'Somebody else has taken this number, or it is none that can be had. Search again.',
  );
};

const known = () =>
  problem('phone-number-taken', 'The telephone account has this number already. If nobody has it, assign it.');

/** The number that this request, or one for the same number, has begun to claim. */
const begunBefore = async (
  { numbers }: Deps,
  { userId, claimId }: Claimant,
  { phoneNumber }: Wanted,
): Promise<PhoneNumber | undefined> => {
  if (phoneNumber !== undefined) {
    const number = await numbers.find(phoneNumber);
    return number?.userId === userId && number.origin === 'claimed' ? number : undefined;
  }
  let after: string | undefined;
  do {
    const page = await numbers.list({ userId, limit: OWN_AT_ONCE, ...(after === undefined ? {} : { after }) });
    const own = page.numbers.find((number) => number.claimId === claimId);
    if (own !== undefined) return own;
    after = page.last;
  } while (after !== undefined);
  return undefined;
};

const claimingRow = (
  { clock }: Deps,
  { userId, claimId }: Claimant,
  { provider, country, type }: Wanted,
  phoneNumber: string,
): PhoneNumber => ({
  phoneNumber,
  userId,
  provider,
  origin: 'claimed',
  country,
  type,
  capabilities: { voice: true, sms: false, mms: false },
  pending: 'claiming',
  claimId,
  outboundAgentIds: [],
  revision: 0,
  claimedAt: nowSeconds(clock),
});

/** The number once the provider has given it; undefined, and no row left, when it gives it to somebody else. */
const taken = async (
  deps: Deps,
  number: PhoneNumber,
  { provider }: Pick<Wanted, 'provider'>,
): Promise<PhoneNumber | undefined> => {
  const { phoneNumber, userId, claimId = '' } = number;
  try {
    const found = await deps.desks[provider].claim({ phoneNumber, userId, claimId });
    if (found !== undefined) return await completed(deps, number, found);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    await deps.numbers.forgetClaim(number);
    throw refusal;
  }
  await deps.numbers.forgetClaim(number);
  return undefined;
};

/** What says that the provider has done nothing; undefined for whatever leaves that open. */
const refusalOf = (error: unknown): Error | undefined => {
  if (error instanceof ClaimRefused) return error.problem;
  return error instanceof ProblemError && NOT_ASKED.includes(error.code) ? error : undefined;
};

/** The row of a claim as the provider has it now. */
export const completed = async (
  { numbers, clock }: Pick<Deps, 'numbers' | 'clock'>,
  number: PhoneNumber,
  { providerId, capabilities, country, type, isInProgress }: FoundNumber,
): Promise<PhoneNumber> => {
  const told = {
    providerId,
    capabilities,
    ...(country === undefined ? {} : { country }),
    ...(type === undefined ? {} : { type }),
  };
  const claimedAt = nowSeconds(clock);
  const pending = isInProgress ? { pending: 'claiming' as const } : {};
  const row = await numbers.claimed(number, { ...told, ...pending, claimedAt });
  // A sync at the same time has done it.
  return row ?? (await numbers.find(number.phoneNumber)) ?? number;
};
