import type { Operation } from '../http/operation.ts';
import {
  AssignPhoneNumberBody,
  ClaimPhoneNumberBody,
  FreePhoneNumberQuery,
  ListPhoneNumbersQuery,
  PhoneNumberOffersQuery,
} from './phone-number-requests.ts';

/** Operations of telephone numbers. Apart from those of calls: who answers a call carries none of their schemas. */
export const NUMBER_OPERATIONS = {
  listPhoneNumbers: {
    method: 'GET',
    path: '/phone-numbers',
    functionName: 'manage-phone-numbers',
    scope: 'agents:read',
    query: ListPhoneNumbersQuery,
  },
  assignPhoneNumber: {
    method: 'PUT',
    path: '/phone-numbers/{phoneNumber}/assignment',
    functionName: 'manage-phone-numbers',
    scope: 'agents:write',
    body: { accepts: 'json', schema: AssignPhoneNumberBody },
  },
  freePhoneNumber: {
    method: 'DELETE',
    path: '/phone-numbers/{phoneNumber}/assignment',
    functionName: 'manage-phone-numbers',
    scope: 'agents:write',
    query: FreePhoneNumberQuery,
  },
  listPhoneNumberOffers: {
    method: 'GET',
    path: '/phone-numbers/offers',
    functionName: 'manage-phone-numbers',
    scope: 'agents:read',
    query: PhoneNumberOffersQuery,
  },
  claimPhoneNumber: {
    method: 'POST',
    path: '/phone-numbers',
    functionName: 'manage-phone-numbers',
    scope: 'agents:write',
    body: { accepts: 'json', schema: ClaimPhoneNumberBody },
  },
  syncPhoneNumbers: {
    method: 'POST',
    path: '/phone-numbers/sync',
    functionName: 'manage-phone-numbers',
    scope: 'agents:write',
  },
  releasePhoneNumber: {
    method: 'DELETE',
    path: '/phone-numbers/{phoneNumber}',
    functionName: 'manage-phone-numbers',
    scope: 'agents:write',
  },
} as const satisfies Record<string, Operation>;
