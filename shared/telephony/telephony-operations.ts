import type { Operation } from '../http/operation.ts';
import {
  NextWebhookBody,
  NextWebhookQuery,
  PLACE_CALL_ALIASES,
  PlaceCallBody,
  StatusWebhookBody,
  StatusWebhookQuery,
  StreamWebhookBody,
  VoiceWebhookBody,
  VoiceWebhookQuery,
} from './call-requests.ts';

/** Operations of telephone calls, and what the telephone provider calls. */
export const TELEPHONY_OPERATIONS = {
  placeCall: {
    method: 'POST',
    path: '/calls',
    functionName: 'place-call',
    scope: 'agents:talk',
    body: { accepts: 'json', schema: PlaceCallBody, aliases: PLACE_CALL_ALIASES },
  },
  answerTwilioVoice: {
    ...webhook('/api/v1/webhooks/twilio/voice'),
    query: VoiceWebhookQuery,
    body: { accepts: 'form', schema: VoiceWebhookBody },
  },
  answerTwilioStatus: {
    ...webhook('/api/v1/webhooks/twilio/status'),
    functionName: 'answer-transfer',
    query: StatusWebhookQuery,
    body: { accepts: 'form', schema: StatusWebhookBody },
  },
  answerTwilioNext: {
    ...webhook('/api/v1/webhooks/twilio/next'),
    functionName: 'answer-transfer',
    query: NextWebhookQuery,
    body: { accepts: 'form', schema: NextWebhookBody },
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
