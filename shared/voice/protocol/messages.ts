import * as z from 'zod';
import { ContextOverride } from './context-override.ts';

/**
 * What client and agent say to each other over a voice connection, whichever transport carries it: the WebSocket API
 * (relay), AgentCore's `/ws` (direct) or our own media server. One JSON object a text frame; `type` tells them apart.
 */

/** API Gateway closes a connection that sends a larger frame (quotas of WebSocket APIs, 2026-11). */
export const MAX_FRAME_BYTES = 32 * 1024;
/** API Gateway refuses a larger message, however it is framed (the same page). */
export const MAX_MESSAGE_BYTES = 128 * 1024;

/** Sample rates of the microphone's audio that every engine takes or we resample to. */
export const INPUT_SAMPLE_RATES_HERTZ = [8000, 16_000, 24_000] as const;
/** Sample rates of the agent's audio. */
export const OUTPUT_SAMPLE_RATES_HERTZ = [8000, 16_000, 24_000] as const;
/** How much of the audio they sent last clients keep, so that a new session owner can hear words the one before took with it. */
export const RESEND_MS = 15_000;
export const MIN_FRAME_MS = 20;
export const MAX_FRAME_MS = 100;

const Seq = z.int().nonnegative();

/** A language the voices know: `en-US`. */
const Language = z.string().regex(/^[a-z]{2}-[A-Z]{2}$/);

const SessionStart = z.strictObject({
  type: z.literal('session.start'),
  /** Of the audio this client will send. */
  inputSampleRateHertz: z.literal(INPUT_SAMPLE_RATES_HERTZ).default(16_000),
  /** Of the audio this client wants to get. */
  outputSampleRateHertz: z.literal(OUTPUT_SAMPLE_RATES_HERTZ).default(24_000),
  voice: z.string().min(1).max(64).optional(),
  language: Language.optional(),
  contextOverride: ContextOverride.optional(),
  /** Whether the caller agreed to be recorded; without it nothing is recorded, whatever the agent's settings say. */
  recordingConsent: z.boolean().default(false),
  /** Direct transport only: the ticket that `POST /voice-tickets` gave with the address. */
  ticket: z.string().min(1).max(256).optional(),
});

const ClientAudio = z.strictObject({
  type: z.literal('audio'),
  /** Grows by one with each frame, from 0; frames of silence may be left out, their numbers may not. A frame sent again keeps its number. */
  seq: Seq,
  /** PCM, 16 bits signed little-endian, mono, base64: 20 to 100 ms at the announced rate. */
  audio: z.base64().min(1).max(8192),
});

const ClientText = z.strictObject({ type: z.literal('text'), text: z.string().trim().min(1).max(1000) });
const Dtmf = z.strictObject({ type: z.literal('dtmf'), digits: z.string().regex(/^[0-9*#A-D]{1,32}$/) });

const SessionResume = z.strictObject({
  type: z.literal('session.resume'),
  callId: z.uuid(),
  /** From `session.ready`; proves that the resuming client is the one that left. */
  resumeToken: z.string().min(1).max(256),
  /** The last server `audio` that was played whole, or -1. */
  lastPlayedSeq: z.int().min(-1),
  ticket: z.string().min(1).max(256).optional(),
});

/** How far playing has got; at least every second while something plays, and at once after `interrupted`. */
const Playback = z.strictObject({
  type: z.literal('playback'),
  /** Owner the audio came from; without it, of the newest. A report on an earlier owner's audio is ignored. */
  epoch: z.int().positive().optional(),
  /** Turn the audio belongs to. */
  turn: z.int().nonnegative(),
  /** Milliseconds of that turn's audio (of that epoch) that were really played. */
  playedMs: z.number().nonnegative(),
});

/**
 * Goes on with another agent of the tenant, the conversation kept. Answered with `session.agentSwitched`, or with a
 * `problem` whose error points at `/agentId`: then the call goes on as it is. May be sent again.
 */
const SwitchAgent = z.strictObject({ type: z.literal('session.switchAgent'), agentId: z.uuid() });

const SessionEnd = z.strictObject({ type: z.literal('session.end') });
const Ping = z.strictObject({ type: z.literal('ping'), id: z.string().max(64).optional() });

export const ClientMessage = z.discriminatedUnion('type', [
  SessionStart,
  ClientAudio,
  ClientText,
  Dtmf,
  SessionResume,
  Playback,
  SwitchAgent,
  SessionEnd,
  Ping,
]);
export type ClientMessage = z.output<typeof ClientMessage>;

export const END_REASONS = [
  'client-ended',
  'agent-ended',
  'handed-off',
  'operator-ended',
  'client-gone',
  'budget-exhausted',
  'time-limit',
  'idle',
  'agent-retired',
  'failed',
] as const;
export type EndReason = (typeof END_REASONS)[number];

const SessionReady = z.strictObject({
  type: z.literal('session.ready'),
  callId: z.uuid(),
  resumeToken: z.string(),
  /** Grows with each session owner; a client ignores messages of a smaller one than it has seen. */
  epoch: z.int().positive(),
  engine: z.enum(['nova-sonic', 'openai-realtime', 'cascade']),
  voice: z.string(),
  language: z.string(),
  outputSampleRateHertz: z.literal(OUTPUT_SAMPLE_RATES_HERTZ),
  agentName: z.string(),
  /**
   * Of a new session owner: send again, as they were and before any other audio, the frames after this one, as far as
   * they are among the last `RESEND_MS` of audio. -1: all of those.
   */
  resendAfterSeq: z.int().min(-1).optional(),
});

/** Another agent has the call, from the next words on; what the one before still said is cut off. */
const AgentSwitched = z.strictObject({
  type: z.literal('session.agentSwitched'),
  epoch: z.int().positive(),
  agentId: z.uuid(),
  agentName: z.string(),
  engine: z.enum(['nova-sonic', 'openai-realtime', 'cascade']),
  voice: z.string(),
  language: z.string(),
});

const ServerAudio = z.strictObject({
  type: z.literal('audio'),
  epoch: z.int().positive(),
  seq: Seq,
  turn: z.int().nonnegative(),
  audio: z.base64(),
});

const Transcript = z.strictObject({
  type: z.literal('transcript'),
  epoch: z.int().positive(),
  /** A user's words and the answer to them have the same number; the greeting is turn 0. */
  turn: z.int().nonnegative(),
  role: z.enum(['user', 'assistant']),
  /** A final text replaces what was speculative of the same turn and role. */
  stage: z.enum(['speculative', 'final']),
  text: z.string(),
  /** Whether the caller cut this text off; then only what was played is in it. */
  interrupted: z.boolean().optional(),
});

/** Drop everything not yet played, now. */
const Interrupted = z.strictObject({
  type: z.literal('interrupted'),
  epoch: z.int().positive(),
  turn: z.int().nonnegative(),
});

const ToolProgress = z.strictObject({
  type: z.literal('tool'),
  epoch: z.int().positive(),
  turn: z.int().nonnegative(),
  toolUseId: z.string(),
  name: z.string(),
  status: z.enum(['started', 'finished', 'failed']),
  durationMs: z.number().nonnegative().optional(),
});

const HandoffNotice = z.strictObject({
  type: z.literal('handoff'),
  epoch: z.int().positive(),
  reason: z.string(),
  summary: z.string(),
  /** Where to go on with a person; absent where only the person comes to the caller. */
  continuation: z.strictObject({ phoneNumber: z.string().optional(), chatUrl: z.string().optional() }).optional(),
});

const Warning = z.strictObject({
  type: z.literal('warning'),
  epoch: z.int().positive(),
  /** `connection-renewal`: open a new connection with `session.resume` within `withinSeconds`. */
  code: z.enum(['budget', 'connection-renewal', 'engine-changed', 'owner-changed', 'audio-lost', 'time-limit']),
  message: z.string(),
  withinSeconds: z.number().nonnegative().optional(),
});

/** Sent every few seconds: what the call has cost and how fast it answers. */
const Meter = z.strictObject({
  type: z.literal('meter'),
  epoch: z.int().positive(),
  /** Millionths of a US dollar, of the whole call so far. */
  costMicroUsd: z.int().nonnegative(),
  /** From the end of the caller's speech to the first audio of the answer, of the last turn. */
  answerLatencyMs: z.number().nonnegative().optional(),
  elapsedSeconds: z.number().nonnegative(),
});

const SessionEnded = z.strictObject({
  type: z.literal('session.ended'),
  epoch: z.int().positive(),
  reason: z.enum(END_REASONS),
  callId: z.uuid(),
});

/** As an RFC 9457 document; `closeCode` is the code the connection is closed with when the problem ends it. */
const ProblemMessage = z.strictObject({
  type: z.literal('problem'),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })).optional(),
  closeCode: z.int().optional(),
  retryAfterSeconds: z.number().optional(),
});

/** All lines are taken: the client keeps its place by staying connected. */
const SessionQueued = z.strictObject({
  type: z.literal('session.queued'),
  position: z.int().positive(),
});

const Pong = z.strictObject({ type: z.literal('pong'), id: z.string().optional() });

export const ServerMessage = z.discriminatedUnion('type', [
  SessionReady,
  AgentSwitched,
  SessionQueued,
  ServerAudio,
  Transcript,
  Interrupted,
  ToolProgress,
  HandoffNotice,
  Warning,
  Meter,
  SessionEnded,
  ProblemMessage,
  Pong,
]);
export type ServerMessage = z.output<typeof ServerMessage>;

/** Close codes of a connection (4000–4999 are an application's own, RFC 6455 §7.4.2). */
export const CLOSE_CODES = {
  4400: 'A message was not understood more than five times, or a frame was not text.',
  4401: 'The credential is missing, wrong, expired or used up.',
  4403: 'The credential does not allow talking to this agent.',
  4404: 'There is no such agent.',
  4408: 'Nothing was said for too long.',
  4409: 'The agent is not active, or somebody else goes on with this call.',
  4413: 'A message was larger than 128 KB or a frame larger than 32 KB.',
  4429: 'All lines are busy, or messages came too fast.',
  4500: 'The session failed on our side.',
  1000: 'The call is over.',
} as const;
export type CloseCode = keyof typeof CLOSE_CODES;
