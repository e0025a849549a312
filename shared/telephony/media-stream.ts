import * as z from 'zod';

/**
 * Messages of Twilio Media Streams, bidirectional (Twilio docs, "Media Streams - WebSocket messages"). Twilio writes
 * numbers as strings. Audio is µ-law, 8 kHz, one channel.
 */

const Count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const StreamSid = z.string().min(1).max(64);
/** Of every message of a stream: its id, and its number from 1 on, by one a message of whatever kind. */
const OfStream = { streamSid: StreamSid, sequenceNumber: Count };

export const MediaStreamMessage = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connected') }),
  z.object({
    event: z.literal('start'),
    ...OfStream,
    start: z.object({
      callSid: z.string().min(1).max(64),
      accountSid: z.string().min(1).max(64),
      mediaFormat: z.object({
        encoding: z.literal('audio/x-mulaw'),
        sampleRate: z.literal(8000),
        channels: z.literal(1),
      }),
      customParameters: z.record(z.string(), z.string()).default({}),
    }),
  }),
  z.object({
    event: z.literal('media'),
    ...OfStream,
    media: z.object({
      track: z.string().optional(),
      /** From 1, by one a message. */
      chunk: Count,
      timestamp: Count,
      payload: z.base64().min(1).max(16_384),
    }),
  }),
  z.object({
    event: z.literal('dtmf'),
    ...OfStream,
    dtmf: z.object({ digit: z.string().regex(/^[0-9*#A-D]$/) }),
  }),
  z.object({ event: z.literal('mark'), ...OfStream, mark: z.object({ name: z.string().max(128) }) }),
  z.object({ event: z.literal('stop'), ...OfStream }),
]);
export type MediaStreamMessage = z.output<typeof MediaStreamMessage>;

/** Plays this µ-law audio after what was sent before. */
export const mediaMessage = (streamSid: string, audio: Uint8Array): string =>
  JSON.stringify({ event: 'media', streamSid, media: { payload: Buffer.from(audio).toString('base64') } });

/** Comes back when everything before it was played, or was cleared. */
export const markMessage = (streamSid: string, name: string): string =>
  JSON.stringify({ event: 'mark', streamSid, mark: { name } });

/** Drops what Twilio has not played yet. */
export const clearMessage = (streamSid: string): string => JSON.stringify({ event: 'clear', streamSid });
