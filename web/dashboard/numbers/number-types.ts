import type * as z from 'zod';
import type {
  PhoneNumberOffersView,
  PhoneNumberSyncView,
  PhoneNumberView,
} from '../../../shared/telephony/phone-number-requests.ts';

/** A telephone number as the API lists it. */
export type NumberRow = z.output<typeof PhoneNumberView>;
/** A number that can be claimed. */
export type Offer = z.output<typeof PhoneNumberOffersView>['offers'][number];
/** What a comparison with the providers found. */
export type SyncReport = z.output<typeof PhoneNumberSyncView>;
