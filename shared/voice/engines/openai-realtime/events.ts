import * as z from 'zod';

/** Formats of the GA interface: PCM of 24 kHz, or µ-law of 8 kHz as phones carry it. */
export type RealtimeFormat = { readonly type: 'audio/pcm'; readonly rate: 24_000 } | { readonly type: 'audio/pcmu' };

type MessageItem =
  | {
      readonly type: 'message';
      readonly role: 'user' | 'system';
      readonly content: readonly [{ readonly type: 'input_text'; readonly text: string }];
    }
  | {
      readonly type: 'message';
      readonly role: 'assistant';
      readonly content: readonly [{ readonly type: 'output_text'; readonly text: string }];
    };

/** What is sent to the Realtime API (openai-openapi 2.3.0, GA names). */
export type RealtimeClientEvent =
  | { readonly type: 'session.update'; readonly session: Readonly<Record<string, unknown>> }
  | { readonly type: 'input_audio_buffer.append'; readonly audio: string }
  | {
      readonly type: 'conversation.item.create';
      readonly item:
        | MessageItem
        | { readonly type: 'function_call_output'; readonly call_id: string; readonly output: string };
    }
  | {
      readonly type: 'conversation.item.truncate';
      readonly item_id: string;
      readonly content_index: 0;
      readonly audio_end_ms: number;
    }
  | {
      readonly type: 'response.create';
      readonly response?: { readonly instructions: string; readonly tool_choice: 'none' };
    }
  | { readonly type: 'response.cancel'; readonly response_id?: string };

const count = z.number().nonnegative().catch(0).optional();

const ErrorBody = z.object({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
});

/** Only what we read. */
const SERVER_SCHEMAS = {
  'session.updated': z.object({}),
  'input_audio_buffer.speech_started': z.object({}),
  'conversation.item.input_audio_transcription.delta': z.object({ item_id: z.string(), delta: z.string() }),
  'conversation.item.input_audio_transcription.completed': z.object({
    item_id: z.string(),
    transcript: z.string(),
    usage: z.object({ type: z.string(), seconds: count }).optional().catch(undefined),
  }),
  'conversation.item.input_audio_transcription.failed': z.object({ item_id: z.string(), error: ErrorBody.optional() }),
  'response.created': z.object({ response: z.object({ id: z.string() }) }),
  'response.output_audio.delta': z.object({ response_id: z.string(), item_id: z.string(), delta: z.string() }),
  'response.output_audio_transcript.delta': z.object({ response_id: z.string(), delta: z.string() }),
  'response.output_audio_transcript.done': z.object({ response_id: z.string(), transcript: z.string() }),
  'response.output_item.done': z.object({
    response_id: z.string().optional(),
    item: z.object({
      type: z.string(),
      name: z.string().optional(),
      call_id: z.string().optional(),
      arguments: z.string().optional(),
    }),
  }),
  'response.done': z.object({
    response: z.object({
      id: z.string(),
      status: z.string().optional(),
      status_details: z.object({ reason: z.string().nullish(), error: ErrorBody.nullish() }).nullish().catch(undefined),
      usage: z
        .object({
          input_token_details: z.object({ text_tokens: count, audio_tokens: count }).optional(),
          output_token_details: z.object({ text_tokens: count, audio_tokens: count }).optional(),
        })
        .nullish(),
    }),
  }),
  error: z.object({ error: ErrorBody }),
} as const;

/** Events that say nothing we need. */
const SILENT = new Set([
  'session.created',
  'conversation.item.added',
  'conversation.item.done',
  'conversation.item.truncated',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
  'response.output_item.added',
  'response.content_part.added',
  'response.content_part.done',
  'response.output_audio.done',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'rate_limits.updated',
]);

type Schemas = typeof SERVER_SCHEMAS;
type ServerName = keyof Schemas;

export type RealtimeServerEvent =
  | { readonly [Name in ServerName]: { readonly type: Name; readonly body: z.output<Schemas[Name]> } }[ServerName]
  | { readonly type: 'silent' }
  | { readonly type: 'unknown'; readonly name: string };

export type RealtimeErrorBody = z.output<typeof ErrorBody>;

const isKnown = (name: string): name is ServerName => Object.hasOwn(SERVER_SCHEMAS, name);

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** One message of the server. Never throws: what is not understood is `unknown`. */
export const decodeServerEvent = (text: string): RealtimeServerEvent => {
  const json = parsedJson(text);
  const name = typeof json === 'object' && json !== null && 'type' in json ? String(json.type) : '(no event)';
  if (SILENT.has(name)) return { type: 'silent' };
  if (!isKnown(name)) return { type: 'unknown', name };
  const parsed = SERVER_SCHEMAS[name].safeParse(json);
  // The name decides the body's schema; TypeScript cannot follow that through the table.
  return parsed.success ? ({ type: name, body: parsed.data } as RealtimeServerEvent) : { type: 'unknown', name };
};
