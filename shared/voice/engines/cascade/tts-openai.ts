import { type OpenAiService, openAiPost } from './openai-request.ts';
import { pcmAnswer } from './pcm-answer.ts';
import type { TextToSpeech } from './ports.ts';

/** Characters of one request (OpenAI's limit for `input`, from memory). */
const MAX_CHARACTERS = 4096;
/** OpenAI's `pcm` is of this rate; other services say theirs in the settings. */
const OPENAI_RATE_HERTZ = 24_000;

export interface OpenAiMouthOptions extends OpenAiService {
  readonly sampleRateHertz?: number;
}

/** Any service with OpenAI's `audio/speech`: raw PCM, streamed. */
export const openAiMouth = ({ sampleRateHertz = OPENAI_RATE_HERTZ, ...service }: OpenAiMouthOptions): TextToSpeech => ({
  formats: [{ encoding: 'pcm16', sampleRateHertz }],
  async *speak({ text, voice, format, signal }) {
    try {
      const body = { model: service.model, voice, input: text.slice(0, MAX_CHARACTERS), response_format: 'pcm' };
      const response = await openAiPost(service, 'audio/speech', JSON.stringify(body), signal);
      yield* pcmAnswer(response, format);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
});
