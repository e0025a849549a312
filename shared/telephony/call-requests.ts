import * as z from 'zod';
import { CALL_STATUSES } from '../calls/call.ts';
import { UNANSWERED } from '../transfer/call-transfer.ts';
import { ContextOverride } from '../voice/protocol/context-override.ts';
import { E164 } from './phone-number.ts';

/** Body of `POST /calls`; each field also by the name that the agent deployment system gives it. */
export const PlaceCallBody = z.strictObject({
  agentId: z.uuid().meta({ description: 'The agent that calls.' }),
  toNumber: E164.meta({ description: 'Whom it calls.' }),
  fromNumber: E164.optional().meta({
    description:
      'The number that is shown: one that the agent may call from, or answers; the first of them unless stated.',
  }),
  contextOverride: ContextOverride.optional().meta({
    description: 'Facts about this call that the agent shall know: a name, a reason.',
  }),
});

/** As the agent deployment system names them. */
export const PLACE_CALL_ALIASES = {
  agent_id: 'agentId',
  to_number: 'toNumber',
  from_number: 'fromNumber',
  context_override: 'contextOverride',
} as const;

export const PlacedCallView = z.strictObject({
  callId: z.uuid(),
  status: z
    .enum(CALL_STATUSES)
    .meta({ description: '`ringing`, unless an earlier request with the same key got further.' }),
  agentId: z.uuid(),
  toNumber: E164,
  fromNumber: E164,
});

/** Twilio's ids: two letters and 32 hexadecimal digits. */
const Sid = z.string().regex(/^[A-Z]{2}[0-9a-f]{32}$/);

/** Form of a voice webhook (Twilio docs, "Twilio's request to your application"); fields we do not read are signed too. */
export const VoiceWebhookBody = z.looseObject({
  CallSid: Sid,
  From: z.string().max(64),
  To: z.string().max(64),
});
/** How often the caller has waited for a line already; or the outbound call that was answered. */
export const VoiceWebhookQuery = z.looseObject({
  attempt: z.coerce.number<string>().int().min(0).max(100).default(0),
  callId: z.uuid().optional(),
  userId: z.string().min(1).max(128).optional(),
});

/** Which call it is about, and after a person's phone has rung, which transfer of it. */
export const NextWebhookQuery = z.looseObject({
  callId: z.uuid(),
  userId: z.string().min(1).max(128),
  epoch: z.coerce.number<string>().int().positive().optional(),
});
/** Form of what asks how a call goes on, as it came, since all of it is signed: after the stream, and after a `<Dial>` (Twilio docs, "TwiML Voice: Dial"). */
export const NextWebhookBody = z.looseObject({
  CallSid: Sid,
  CallStatus: z.string().max(32),
  /** Of the person's own phone, when it tells that it was answered. */
  ParentCallSid: Sid.optional(),
  DialCallStatus: z.enum(['completed', 'answered', ...UNANSWERED]).optional(),
  /** Seconds. */
  DialCallDuration: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
});

const TERMINAL_STATUSES = ['completed', 'busy', 'failed', 'no-answer', 'canceled'] as const;

/** Form of a status callback. */
export const StatusWebhookBody = z.looseObject({
  CallSid: Sid,
  CallStatus: z.enum(['queued', 'initiated', 'ringing', 'answered', 'in-progress', ...TERMINAL_STATUSES]),
});
export const StatusWebhookQuery = z.looseObject({
  callId: z.uuid().optional(),
  userId: z.string().min(1).max(128).optional(),
});

/** Form of a stream's status callback. */
export const StreamWebhookBody = z.looseObject({
  CallSid: Sid,
  StreamSid: z.string().max(64),
  StreamEvent: z.enum(['stream-started', 'stream-stopped', 'stream-error']),
});
