import type { Operation } from '../http/operation.ts';
import {
  PLACE_CALL_ALIASES,
  PlaceCallBody,
  StatusWebhookBody,
  StatusWebhookQuery,
  StreamWebhookBody,
  VoiceWebhookBody,
  VoiceWebhookQuery,
} from './call-requests.ts';
import {
  AssignPhoneNumberBody,
  ClaimPhoneNumberBody,
  FreePhoneNumberQuery,
  ListPhoneNumbersQuery,
  PhoneNumberOffersQuery,
} from './phone-number-requests.ts';

/** Operations of telephone calls and numbers, and what the telephone provider calls. */
export const TELEPHONY_OPERATIONS = {
  placeCall: {
    method: 'POST',
    path: '/calls',
    functionName: 'place-call',
    scope: 'agents:talk',
    body: { accepts: 'json', schema: PlaceCallBody, aliases: PLACE_CALL_ALIASES },
  },
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
  answerTwilioVoice: {
    ...webhook('/api/v1/webhooks/twilio/voice'),
    query: VoiceWebhookQuery,
    body: { accepts: 'form', schema: VoiceWebhookBody },
  },
  answerTwilioStatus: {
    ...webhook('/api/v1/webhooks/twilio/status'),
    query: StatusWebhookQuery,
    body: { accepts: 'form', schema: StatusWebhookBody },
  },
  answerTwilioStream: {
    ...webhook('/api/v1/webhooks/twilio/stream-status'),
    body: { accepts: 'form', schema: StreamWebhookBody },
  },
} as const satisfies Record<string, Operation>;

/** Open, since the provider has no token; its signature is checked instead. */
function webhook<const Path extends string>(path: Path) {
  return { method: 'POST' as const, path, functionName: 'answer-phone-call' as const, scope: null };
}
