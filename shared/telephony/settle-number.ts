import { problem } from '../kernel/problems.ts';
import type { ManagePhoneNumbersDeps } from './manage-phone-numbers.ts';
import type { PhoneNumber } from './phone-number.ts';

/** More changes than people make to one number in the time it takes to tell a provider. */
const ATTEMPTS = 5;

/**
 * Tells the provider what the row says, until the row still says so afterwards: of two requests that change one number
 * at the same time the slower one has told the provider something old, finds the row changed, and tells it anew. Gives
 * the number as it was told; undefined when it is gone.
 */
export const settleNumber = async (
  { numbers, desks }: Pick<ManagePhoneNumbersDeps, 'numbers' | 'desks'>,
  number: PhoneNumber,
): Promise<PhoneNumber | undefined> => {
  let current = number;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await desks[current.provider].point(current);
    const settled = await numbers.settle(current);
    if (settled !== undefined) return settled;
    const now = await numbers.find(current.phoneNumber);
    if (now === undefined || now.pending === 'claiming' || now.pending === 'releasing') return undefined;
    current = now;
  }
  throw problem('phone-number-busy', 'Others change this number at the same time. Repeat the request.', {
    retryAfterSeconds: 1,
  });
};
