import * as z from 'zod';

/** What this client sends and reads of the voice protocol; the whole of it is at `/asyncapi.json`. */
export type ClientMessage =
  | {
      readonly type: 'session.start';
      readonly inputSampleRateHertz: number;
      readonly outputSampleRateHertz: number;
      /** Direct transport only. */
      readonly ticket?: string;
    }
  | { readonly type: 'audio'; readonly seq: number; readonly audio: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'playback'; readonly epoch: number; readonly turn: number; readonly playedMs: number }
  | { readonly type: 'session.end' };

export const INPUT_HERTZ = 16_000;
export const OUTPUT_HERTZ = 24_000;

const epoch = z.int().positive();
const turn = z.int().nonnegative();

const Known = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('session.ready'),
    callId: z.string(),
    epoch,
    engine: z.string(),
    voice: z.string(),
    agentName: z.string(),
    resendAfterSeq: z.int().optional(),
  }),
  z.object({ type: z.literal('session.queued'), position: z.int() }),
  z.object({ type: z.literal('audio'), epoch, turn, audio: z.string() }),
  z.object({
    type: z.literal('transcript'),
    epoch,
    turn,
    role: z.enum(['user', 'assistant']),
    stage: z.enum(['speculative', 'final']),
    text: z.string(),
    interrupted: z.boolean().optional(),
  }),
  z.object({ type: z.literal('interrupted'), epoch, turn }),
  z.object({
    type: z.literal('tool'),
    epoch,
    toolUseId: z.string(),
    name: z.string(),
    status: z.enum(['started', 'finished', 'failed']),
    durationMs: z.number().optional(),
  }),
  z.object({ type: z.literal('handoff'), epoch, reason: z.string(), summary: z.string() }),
  z.object({ type: z.literal('warning'), epoch, code: z.string(), message: z.string() }),
  z.object({
    type: z.literal('meter'),
    epoch,
    costMicroUsd: z.int(),
    answerLatencyMs: z.number().optional(),
    elapsedSeconds: z.number(),
  }),
  z.object({ type: z.literal('session.ended'), reason: z.string() }),
  z.object({ type: z.literal('problem'), title: z.string(), detail: z.string(), closeCode: z.int().optional() }),
]);
export type ServerMessage = z.output<typeof Known>;

/** Undefined for what this client has no use for. */
export function parseServerMessage(frame: string): ServerMessage | undefined {
  return Known.safeParse(JSON.parse(frame)).data;
}
