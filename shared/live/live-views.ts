import * as z from 'zod';
import { CALL_STATUSES } from '../calls/call.ts';
import { CallTransferView } from '../calls/call-view-schemas.ts';
import { TRANSFER_STATUSES, UNANSWERED } from '../transfer/call-transfer.ts';
import { END_REASONS } from '../voice/protocol/messages.ts';

const UnixMs = z.int().nonnegative().meta({ description: 'Unix milliseconds.', example: 1_795_000_000_000 });
const Count = z.int().nonnegative();
const Ms = z.number().nonnegative();

/** Somebody who watches or steers calls, as their colleagues see them. */
const OperatorView = z.object({ id: z.string(), name: z.string() });

/** Whose commands a call takes at present. */
const ControllerView = z.object({ operator: OperatorView, sinceMs: UnixMs, untilMs: UnixMs });

/** A call as somebody sees it who watches many. */
export const LiveCallView = z
  .object({
    callId: z.uuid(),
    agentId: z.uuid(),
    /** Empty for an agent that is gone. */
    agentName: z.string(),
    channel: z.enum(['browser', 'phone']),
    direction: z.enum(['inbound', 'outbound']),
    fromNumber: z.string().nullable().meta({ description: 'E.164; of a phone call.' }),
    toNumber: z.string().nullable().meta({ description: 'E.164; of a phone call.' }),
    status: z.enum(CALL_STATUSES),
    startedAtMs: UnixMs,
    turns: Count.meta({ description: 'Of the caller.' }),
    costMicroUsd: Count.meta({ description: 'Millionths of a US dollar so far.' }),
    answerLatencyMs: Ms.optional().meta({
      description: 'End of the caller’s speech to first audio, of the last turn.',
    }),
    transfer: CallTransferView.optional().meta({ description: 'Where it is put through to, or was last.' }),
    controller: ControllerView.optional().meta({ description: 'Who steers the call at present, if anybody does.' }),
  })
  .meta({ id: 'LiveCall' });
export type LiveCallView = z.output<typeof LiveCallView>;

const event = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({
    /**
     * Place in the call's record, from 0 and without gaps: an event that has one is stored and is answered by
     * `GET /calls/{callId}/events`. Null: it passes; whatever it foretells comes with a number later.
     */
    seq: Count.nullable().meta({
      description: 'Place in the record, from 0 without gaps. Null: it passes and is stored nowhere.',
    }),
    atMs: UnixMs,
    kind: z.literal(kind),
    ...shape,
  });

/** One thing that happens in a call. */
export const LiveEvent = z
  .discriminatedUnion('kind', [
    event('transcript', {
      turn: Count.meta({ description: 'A caller’s words and the answer to them have the same; the greeting is 0.' }),
      role: z.enum(['user', 'assistant']),
      stage: z.enum(['speculative', 'final']).meta({
        description:
          '`speculative` (always without `seq`): may still change, and replaces the one before of turn and role.',
      }),
      text: z.string(),
      interrupted: z.boolean().optional().meta({ description: 'The caller cut it off: `text` is what was played.' }),
      via: z.enum(['voice', 'text', 'dtmf']).optional(),
      answerLatencyMs: Ms.optional(),
      startMs: Ms.optional().meta({ description: 'From the call’s beginning.' }),
      playedMs: Ms.optional(),
    }),
    event('tool', {
      turn: Count,
      toolUseId: z.string(),
      name: z.string(),
      status: z.enum(['started', 'success', 'error', 'timeout', 'discarded']).meta({
        description: '`started` passes; the others end it.',
      }),
      durationMs: Ms.optional(),
      clauseIds: z.array(z.string()).optional().meta({ description: 'SOP clauses it carried out.' }),
    }),
    event('interrupted', { turn: Count, playedMs: Ms, toSilenceMs: Ms.optional() }),
    event('meter', { costMicroUsd: Count, answerLatencyMs: Ms.optional(), elapsedSeconds: Ms }),
    event('handoff', { reason: z.string(), summary: z.string() }),
    event('transfer', {
      status: z.enum(TRANSFER_STATUSES),
      to: z.string().meta({ description: 'E.164.' }),
      operator: z.string().optional(),
      outcome: z.enum(UNANSWERED).optional(),
      durationMs: Ms.optional().meta({ description: 'How long they have spoken.' }),
    }),
    event('warning', {
      code: z.string().meta({
        description:
          '`budget`, `time-limit`, `renewal`, `hand-over`, `takeover`, `engine-change`, `agent-switch`, `audio-lost`, …',
      }),
      message: z.string(),
    }),
    event('operator', {
      action: z.string().meta({ description: 'What somebody did to the call: `whisper`, `say`, `hold`, …' }),
      commandId: z.string().optional(),
      operator: OperatorView,
      text: z
        .string()
        .optional()
        .meta({ description: 'Words of a whisper, or that were to be said; else the reason.' }),
    }),
    event('context', { version: Count.optional(), message: z.string() }),
    event('ended', { status: z.enum(['completed', 'failed']), reason: z.enum(END_REASONS) }),
  ])
  .meta({ id: 'LiveEvent' });
export type LiveEvent = z.output<typeof LiveEvent>;

/** Answer of `GET /calls/{callId}/events`. */
export const CallEventsView = z
  .object({
    events: z.array(LiveEvent),
    next: Count.nullable().meta({
      description: 'What to ask for next as `after`: the number of the last event; null when nothing has happened yet.',
    }),
  })
  .meta({ id: 'CallEvents' });

/** Answer of `POST /operator-tickets`. */
export const OperatorTicketView = z
  .object({
    ticket: z.string().meta({ description: 'Good for one connection; already in the address.' }),
    expiresAt: z.int().meta({ description: 'Unix seconds; a minute from now.', example: 1_795_000_060 }),
    webSocketUrl: z.string().meta({
      description: 'Where to connect, as it is.',
      example: 'wss://a1b2c3.execute-api.us-east-1.amazonaws.com/live?ticket=…',
    }),
  })
  .meta({ id: 'OperatorTicket' });
