import type { AudioFormat } from '../../../../audio/format.ts';
import type { EngineSettings, HistoryTurn } from '../speech-engine.ts';
import type { RealtimeClientEvent, RealtimeFormat } from './events.ts';

/** Transcribes what the caller says; the model itself hears the audio. */
const TRANSCRIPTION_MODEL = 'gpt-4o-mini-transcribe';

const realtimeFormat = ({ encoding }: AudioFormat): RealtimeFormat =>
  encoding === 'mulaw' ? { type: 'audio/pcmu' } : { type: 'audio/pcm', rate: 24_000 };

/** Configures the session. Interruptions are ours to make: only we know how much the caller has heard. */
export const sessionUpdate = (settings: EngineSettings): RealtimeClientEvent => ({
  type: 'session.update',
  session: {
    type: 'realtime',
    model: settings.modelId,
    instructions: settings.systemPrompt,
    output_modalities: ['audio'],
    audio: {
      input: {
        format: realtimeFormat(settings.input),
        noise_reduction: null,
        transcription: { model: TRANSCRIPTION_MODEL, language: settings.language.slice(0, 2) },
        turn_detection: turnDetection(settings.endpointing, true),
      },
      output: { format: realtimeFormat(settings.output), voice: settings.voice, speed: 1 },
    },
    tools: settings.tools.map(({ name, description, inputSchema }) => ({
      type: 'function',
      name,
      description,
      parameters: inputSchema,
    })),
    tool_choice: 'auto',
  },
});

const turnDetection = (eagerness: EngineSettings['endpointing'], answers: boolean) => ({
  type: 'semantic_vad',
  eagerness,
  create_response: answers,
  interrupt_response: false,
});

/** Whether the end of the caller's turn is answered by itself. */
export const answersUpdate = (endpointing: EngineSettings['endpointing'], answers: boolean): RealtimeClientEvent => ({
  type: 'session.update',
  session: { type: 'realtime', audio: { input: { turn_detection: turnDetection(endpointing, answers) } } },
});

export const userMessage = (role: 'user' | 'system', text: string): RealtimeClientEvent => ({
  type: 'conversation.item.create',
  item: { type: 'message', role, content: [{ type: 'input_text', text }] },
});

/** A turn of before. */
export const historyItem = ({ role, text }: HistoryTurn): RealtimeClientEvent =>
  role === 'user'
    ? userMessage('user', text)
    : {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
      };

export const audioAppend = (audio: Uint8Array): RealtimeClientEvent => ({
  type: 'input_audio_buffer.append',
  audio: Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength).toString('base64'),
});

/** The answer to a function call; its output is a string. */
export const functionOutput = (callId: string, content: unknown): RealtimeClientEvent => ({
  type: 'conversation.item.create',
  item: {
    type: 'function_call_output',
    call_id: callId,
    output: typeof content === 'string' ? content : JSON.stringify(content ?? null),
  },
});

/** The arguments of a function call; as they came when they are not JSON. */
export const functionInput = (text: string | undefined): unknown => {
  if (text === undefined || text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
