import * as z from 'zod';
import { E164 } from '../telephony/phone-number.ts';
import { MAX_COMMAND_CHARACTERS } from './command.ts';
import { MAX_LIVE_CONTEXT_BYTES } from './live-context.ts';

const Words = z.string().trim().min(1).max(MAX_COMMAND_CHARACTERS);
const force = z.boolean().default(false).meta({ description: 'Take the call out of another operator’s hand.' });

/** Body of `POST /calls/{callId}/whisper` and `…/say`. */
export const WordsBody = z.strictObject({ text: Words, force });
/** Body of `POST /calls/{callId}/takeover`; the words are said at once. */
export const TakeoverBody = z.strictObject({ text: Words.optional(), reason: Words.optional(), force });
/** Body of `POST /calls/{callId}/hold`, `…/resume`, `…/end`. */
export const ReasonBody = z.strictObject({ reason: Words.optional(), force });

/** Body of `POST /calls/{callId}/transfer`. */
export const TransferBody = ReasonBody.extend({
  to: z
    .strictObject({ phoneNumber: E164 })
    .optional()
    .meta({ description: 'Whom to put the caller through to, if not whom the agent’s settings name.' }),
});

/** Query of what has no body for it. */
export const ForceQuery = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({
      description: 'Take the call out of another operator’s hand.',
      override: { type: 'boolean', default: false },
    }),
});

/** Body of `PATCH /calls/{callId}/context`: a JSON merge patch (RFC 7396) of the facts about this call. */
export const CallContextBody = z
  .object({})
  .catchall(z.json())
  .refine((patch) => Object.keys(patch).every((name) => name.length > 0 && name.length <= 128), {
    error: 'A name has 1 to 128 characters.',
  });

/**
 * Body of `PUT /agents/{agentId}/context`: the context whole (`application/json`), or a JSON merge patch of it
 * (`application/merge-patch+json`), in which null takes a member away.
 */
export const PutAgentContextBody = z
  .strictObject({
    data: z.record(z.string().min(1).max(128), z.json()).nullable().optional(),
    notes: z.string().trim().max(4000).nullable().optional(),
    specialInstructions: z.string().trim().max(4000).nullable().optional(),
  })
  .refine((context) => Buffer.byteLength(JSON.stringify(context)) <= MAX_LIVE_CONTEXT_BYTES, {
    error: 'A context has at most 8 KB as JSON.',
  });
