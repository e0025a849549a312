import { assignPhoneNumber, freePhoneNumber } from './assign-phone-number.ts';
import { claimPhoneNumber, listPhoneNumberOffers } from './claim-phone-number.ts';
import { listPhoneNumbers } from './list-phone-numbers.ts';
import type { ManagePhoneNumbersDeps } from './manage-phone-numbers.ts';
import { releasePhoneNumber } from './release-phone-number.ts';
import { syncPhoneNumbers } from './sync-phone-numbers.ts';

/** Everything that can be done with numbers, by operation. */
export const numberUseCases = (deps: ManagePhoneNumbersDeps) => ({
  listPhoneNumbers: listPhoneNumbers(deps),
  assignPhoneNumber: assignPhoneNumber(deps),
  freePhoneNumber: freePhoneNumber(deps),
  listPhoneNumberOffers: listPhoneNumberOffers(deps),
  claimPhoneNumber: claimPhoneNumber(deps),
  syncPhoneNumbers: syncPhoneNumbers(deps),
  releasePhoneNumber: releasePhoneNumber(deps),
});
