import * as z from 'zod';
import { type CallCost, type CallEntry, CallId, COST_LEGS } from '../../calls/call.ts';
import { CONTROL_ACTIONS, MAX_COMMAND_CHARACTERS } from '../../control/command.ts';
import { AgentId } from '../../kernel/ids.ts';
import { LISTEN_SAMPLE_RATE_HERTZ } from '../../live/live-limits.ts';
import { E164 } from '../../telephony/phone-number.ts';
import { ContextOverride } from '../protocol/context-override.ts';
import { END_REASONS } from '../protocol/messages.ts';
import { MAX_DIRECT_RECORDING_MINUTES } from '../settings/direct-obstacle.ts';
import type { AgentAnswer, CallBriefing, CallKeeper, CallLook, Checkpoint } from './call-keeper.ts';

const Count = z.int().nonnegative();
const Ms = z.number().nonnegative();
const Text = z.string().max(20_000);
/** Of operators, as tokens write them. */
const Name = z.string().max(320);
const CommandText = z.string().max(MAX_COMMAND_CHARACTERS);

const entry = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), seq: Count, atMs: Count, ...shape });

/** What happened in a call, as an owner outside tells it: one of the kinds of `CallEntry`, each bounded. */
const Entry = z.discriminatedUnion('kind', [
  entry('turn', {
    role: z.enum(['user', 'assistant']),
    turnNumber: Count,
    text: Text,
    interrupted: z.boolean().optional(),
    answerLatencyMs: Ms.optional(),
    startMs: Ms.optional(),
    playedMs: Ms.optional(),
    via: z.enum(['voice', 'text', 'dtmf']).optional(),
    operator: Name.optional(),
  }),
  entry('tool', {
    turnNumber: Count,
    toolUseId: z.string().max(256),
    name: z.string().max(128),
    status: z.enum(['success', 'error', 'timeout', 'discarded']),
    durationMs: Ms,
    clauseIds: z.array(z.string().max(128)).max(100).optional(),
  }),
  entry('interruption', { turnNumber: Count, playedMs: Ms, toSilenceMs: Ms.optional() }),
  entry('renewal', { cause: z.enum(['age', 'idle', 'error']), gapMs: Ms, replayedMs: Ms }),
  entry('hand-over', { epoch: Count }),
  entry('takeover', { epoch: Count, gapMs: Ms }),
  entry('engine-change', { from: z.string().max(64), to: z.string().max(64), reason: z.string().max(1000) }),
  entry('agent-switch', { fromAgentId: AgentId, agentId: AgentId, agentName: z.string().max(200) }),
  entry('handoff', { reason: z.string().max(1000), summary: Text }),
  entry('operator', {
    action: z.enum(CONTROL_ACTIONS),
    commandId: z.uuid(),
    operator: Name,
    operatorId: Name,
    text: CommandText.optional(),
  }),
  entry('warning', { code: z.string().max(64) }),
  entry('audio-lost', { frames: Count }),
]);

/** As `Checkpoint` says; its 60 KB are bounded by the item it is stored in. */
const MAX_CHECKPOINT_CHARACTERS = 61_440;

const CheckpointShape = z.object({
  turn: Count,
  nextEntry: Count,
  nextAudioSeq: Count,
  heardSeq: z.int().min(-1).optional(),
  history: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), text: Text })).max(500),
  unanswered: Text.optional(),
  engine: z.enum(['nova-sonic', 'openai-realtime', 'cascade']),
  cost: z.record(z.enum(COST_LEGS), Count),
  client: z.strictObject({
    inputSampleRateHertz: z.int().positive(),
    outputSampleRateHertz: z.int().positive(),
    voice: z.string().max(64),
    language: z.string().max(16),
    recordingConsent: z.boolean(),
  }),
  speaking: z
    .strictObject({
      turnNumber: Count,
      said: z.array(z.strictObject({ text: Text, operator: Name.optional() })).max(8),
    })
    .optional(),
  connectedSinceMs: Count.optional(),
  handoff: z
    .strictObject({ reason: z.string().max(1000), summary: Text, to: E164.optional(), operator: Name.optional() })
    .optional(),
  control: z
    .strictObject({
      lastCommand: Count,
      mode: z.enum(['agent', 'hold', 'takeover']),
      commandAtMs: Ms,
      whispers: z.array(CommandText).max(20),
      says: z.array(z.strictObject({ seq: Count, text: CommandText, operator: Name })).max(20),
      waiting: Text,
      contextOverride: ContextOverride.optional(),
    })
    .optional(),
  agent: z.strictObject({ agentId: AgentId, isNew: z.literal(true).optional() }).optional(),
});

const CheckpointSchema = CheckpointShape.refine(
  (checkpoint) => JSON.stringify(checkpoint).length <= MAX_CHECKPOINT_CHARACTERS,
  'A checkpoint has at most 60 KB.',
).transform((checkpoint) => checkpoint as unknown as Checkpoint & { readonly cost: CallCost });

/** Both directions at 16 kHz and 16 bits, a little longer than the longest call that is recorded outside; and the header. */
const MAX_RECORDING_BYTES = (MAX_DIRECT_RECORDING_MINUTES + 5) * 60 * 2 * 2 * 16_000 + 44;

const passing = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), seq: z.null(), atMs: Count, ...shape });

/** What passes in a call and is not on record, as an owner outside tells it: only what has no place in the record. */
const Passed = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('call.event'),
    event: z.discriminatedUnion('kind', [
      passing('transcript', {
        turn: Count,
        role: z.enum(['user', 'assistant']),
        stage: z.literal('speculative'),
        text: Text,
      }),
      passing('tool', {
        turn: Count,
        toolUseId: z.string().max(256),
        name: z.string().max(128),
        status: z.literal('started'),
      }),
      passing('meter', { costMicroUsd: Count, elapsedSeconds: Ms, answerLatencyMs: Ms.optional() }),
    ]),
  }),
  z.strictObject({
    type: z.literal('call.audio'),
    seq: Count,
    role: z.enum(['caller', 'agent']),
    sampleRateHertz: z.literal(LISTEN_SAMPLE_RATE_HERTZ),
    /** Two seconds at most. */
    audio: z.base64().max(22_000),
  }),
]);

const owner = {
  callId: CallId,
  epoch: z.int().positive(),
  /** The secret this owner was called with; each request shows it. */
  ownerToken: z.string().min(1).max(256),
};
const Entries = z.array(Entry.transform((known) => known as CallEntry)).max(500);

/** Event of the function `keep-call`: one method of `CallKeeper`. */
export const KeepCallRequest = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('claim'), ...owner, claimId: z.string().min(1).max(256) }),
  z.strictObject({ method: z.literal('renew'), ...owner, extraLine: z.boolean() }),
  z.strictObject({
    method: z.literal('record'),
    ...owner,
    entries: Entries,
    checkpoint: CheckpointSchema,
    spentMicroUsd: Count,
  }),
  z.strictObject({ method: z.literal('look'), ...owner, afterCommand: Count, afterContext: Count.optional() }),
  z.strictObject({ method: z.literal('agent'), ...owner, agentId: AgentId }),
  z.strictObject({ method: z.literal('pass'), ...owner, passing: z.array(Passed).max(100) }),
  z.strictObject({ method: z.literal('takeExtraLine'), ...owner }),
  z.strictObject({ method: z.literal('releaseExtraLine'), ...owner }),
  z.strictObject({ method: z.literal('handOver'), ...owner, checkpoint: CheckpointSchema }),
  z.strictObject({
    method: z.literal('recordingAddress'),
    ...owner,
    /** Length of the file; exactly that many bytes may be sent. */
    bytes: z.int().positive().max(MAX_RECORDING_BYTES),
  }),
  z.strictObject({ method: z.literal('recordingKept'), ...owner }),
  z.strictObject({
    method: z.literal('finish'),
    ...owner,
    status: z.enum(['completed', 'failed']),
    reason: z.enum(END_REASONS),
    checkpoint: CheckpointSchema,
    entries: Entries,
    contextOverride: ContextOverride.optional(),
  }),
]);
export type KeepCallRequest = z.output<typeof KeepCallRequest>;

/** Where a recording may be put: an address, good for a few minutes, and the headers that must go with it. */
export interface RecordingAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What each method answers. */
export interface KeepCallResults {
  readonly claim: CallBriefing;
  readonly renew: Awaited<ReturnType<CallKeeper['renew']>>;
  readonly record: { readonly tenantSpentMicroUsd: number };
  readonly look: CallLook;
  readonly agent: AgentAnswer;
  readonly pass: null;
  readonly takeExtraLine: boolean;
  readonly releaseExtraLine: null;
  readonly handOver: null;
  readonly finish: null;
  /** Null: this call is not to be recorded. */
  readonly recordingAddress: RecordingAddress | null;
  readonly recordingKept: null;
}

/** `fenced`: this owner is none any more, or never was. `invalid`: the request is not of this protocol. */
export type KeepCallAnswer =
  | { readonly outcome: 'done'; readonly result: KeepCallResults[keyof KeepCallResults] }
  | { readonly outcome: 'fenced' }
  | { readonly outcome: 'invalid'; readonly detail: string };
