import { EngineError } from '../speech-engine.ts';
import { bodyBytes, type OpenAiService, openAiPost } from './openai-request.ts';
import { evenPieces } from './pieces.ts';
import type { TextToSpeech } from './ports.ts';

/** Characters of one request (OpenAI's limit for `input`, from memory). */
const MAX_CHARACTERS = 4096;

/** Any service with OpenAI's `audio/speech`: raw PCM of 24 kHz, streamed. */
export const openAiMouth = (service: OpenAiService): TextToSpeech => ({
  formats: [{ encoding: 'pcm16', sampleRateHertz: 24_000 }],
  async *speak({ text, voice, signal }) {
    try {
      const body = { model: service.model, voice, input: text.slice(0, MAX_CHARACTERS), response_format: 'pcm' };
      const response = await openAiPost(service, 'audio/speech', JSON.stringify(body), signal);
      const type = response.headers.get('content-type') ?? '';
      // An error page with status 200 would be a burst of noise in the caller's ear.
      if (/json|html|text\//.test(type)) throw new EngineError('unavailable', `Speech came as ${type}.`);
      yield* evenPieces(bodyBytes(response));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
});
