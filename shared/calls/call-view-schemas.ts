import * as z from 'zod';
import { ControllerView, OperatorActionView } from '../control/control-view-schemas.ts';
import { TRANSFER_STATUSES, UNANSWERED } from '../transfer/call-transfer.ts';
import { END_REASONS } from '../voice/protocol/messages.ts';
import { CALL_CHANNELS, CALL_DIRECTIONS, CALL_STATUSES, COST_LEGS, type CostLeg } from './call.ts';

const UnixMs = z.int().meta({ description: 'Unix milliseconds.', example: 1_795_000_000_000 });
const Ms = z.number().nonnegative();
const Count = z.int().nonnegative();
/** Milliseconds from the call's beginning. */
const OffsetMs = Ms.meta({ description: 'From the beginning of the call.' });

const Money = z
  .object({
    microUsd: z.int().nonnegative().meta({ description: 'Millionths of a US dollar: exact.', example: 12_345 }),
    usd: z.number().nonnegative().meta({ description: 'The same in US dollars, for reading.', example: 0.012345 }),
  })
  .meta({ id: 'Money' });

const CallCostView = z.object({
  total: Money,
  legs: z.object(Object.fromEntries(COST_LEGS.map((leg) => [leg, Money])) as Record<CostLeg, typeof Money>),
});

/** Where a phone call was put through to a person, and whether somebody answered. */
export const CallTransferView = z
  .object({
    status: z.enum(TRANSFER_STATUSES).meta({
      description:
        '`dialling`, `answered`: they speak, `ended`: they have spoken, `unanswered`: the caller is back with the agent, or has hung up.',
    }),
    to: z.string().meta({ description: 'E.164.' }),
    operator: z.string().nullable().meta({ description: 'Who wanted it; null where the agent did.' }),
    outcome: z.enum(UNANSWERED).nullable().meta({ description: 'How it was not answered.' }),
    startedAtMs: UnixMs,
    answeredAtMs: UnixMs.nullable(),
    endedAtMs: UnixMs.nullable(),
  })
  .meta({ id: 'CallTransfer' });

export const CallSummaryView = z
  .object({
    callId: z.uuid(),
    agentId: z.uuid(),
    agentVersion: z.int(),
    status: z.enum(CALL_STATUSES),
    channel: z.enum(CALL_CHANNELS),
    direction: z.enum(CALL_DIRECTIONS),
    transport: z.enum(['relay', 'direct', 'twilio']),
    fromNumber: z.string().nullable().meta({ description: 'E.164; of a phone call.' }),
    toNumber: z.string().nullable(),
    createdAtMs: UnixMs,
    answeredAtMs: UnixMs.nullable(),
    endedAtMs: UnixMs.nullable(),
    durationMs: Ms.nullable().meta({ description: 'From answer to end; null while it lasts or when nobody answered.' }),
    endReason: z.enum(END_REASONS).nullable(),
    failure: z.string().nullable().meta({ description: 'For a person, who can act on it.' }),
    engine: z.string().nullable().meta({ description: 'What heard and spoke: `nova-sonic`, `cascade`, …' }),
    turns: Count,
    interruptions: Count,
    renewals: Count,
    handOvers: Count,
    cost: CallCostView,
    hasRecording: z.boolean(),
    transfer: CallTransferView.nullable().meta({ description: 'The newest, where it was put through to a person.' }),
  })
  .meta({ id: 'CallSummary' });

export const CallListView = z
  .object({ calls: z.array(CallSummaryView), nextCursor: z.string().nullable() })
  .meta({ id: 'CallList' });

const TurnView = z.object({
  turn: Count.meta({
    description: 'The caller’s words and the answer to them have the same number; the greeting is 0.',
  }),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  interrupted: z.boolean().meta({ description: 'The caller cut it off: `text` is what was really played.' }),
  via: z.enum(['voice', 'text', 'dtmf']),
  startMs: OffsetMs,
  playedMs: Ms.nullable(),
  answerLatencyMs: Ms.nullable().meta({ description: 'From the end of the caller’s speech to the first sound.' }),
  operator: z.string().nullable().meta({ description: 'Who had the agent’s voice say these very words.' }),
});

const ToolCallView = z.object({
  turn: Count,
  toolUseId: z.string(),
  name: z.string(),
  status: z.enum(['success', 'error', 'timeout', 'discarded']),
  durationMs: Ms,
  clauseIds: z.array(z.string()).meta({ description: 'Clauses of the SOP it carried out.' }),
  atMs: OffsetMs,
});

const LatencyView = z.object({
  turns: Count.meta({ description: 'Answers that were measured.' }),
  p50Ms: Ms.nullable(),
  p95Ms: Ms.nullable(),
});

/** What happened, in order: for a picture of the call. Details of turns and tools are in their own lists. */
const TimelineView = z.object({
  seq: Count,
  atMs: OffsetMs,
  kind: z.enum([
    'turn',
    'tool',
    'interruption',
    'renewal',
    'hand-over',
    'takeover',
    'engine-change',
    'agent-switch',
    'handoff',
    'transfer',
    'operator',
    'warning',
    'audio-lost',
  ]),
  turn: Count.nullable(),
  detail: z.string().meta({ description: 'In a few words.' }),
});

export const CallView = CallSummaryView.extend({
  transcript: z.array(TurnView),
  tools: z.array(ToolCallView),
  interruptionList: z.array(z.object({ turn: Count, atMs: OffsetMs, playedMs: Ms, toSilenceMs: Ms.nullable() })),
  renewalList: z.array(
    z.object({ atMs: OffsetMs, cause: z.enum(['age', 'idle', 'error']), gapMs: Ms, replayedMs: Ms }),
  ),
  handOverList: z.array(
    z.object({
      atMs: OffsetMs,
      kind: z.enum(['hand-over', 'takeover']),
      epoch: z.int().positive(),
      gapMs: Ms.nullable(),
    }),
  ),
  handoff: z
    .object({ atMs: OffsetMs, reason: z.string(), summary: z.string() })
    .nullable()
    .meta({ description: 'The call was given to a person.' }),
  operatorList: z.array(OperatorActionView).meta({ description: 'What operators did, in order.' }),
  controller: ControllerView.nullable().meta({ description: 'Who has the call in hand now.' }),
  latency: LatencyView,
  contextOverride: z.record(z.string(), z.unknown()).nullable(),
  recordingUrls: z.array(z.string()).meta({
    description:
      'WAV, the caller left and the agent right; a part for each process that held the call, in their order. Good for five minutes.',
  }),
  timeline: z.array(TimelineView),
}).meta({ id: 'Call' });
