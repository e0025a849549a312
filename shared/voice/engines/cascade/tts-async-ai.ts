import { pcmAnswer } from './pcm-answer.ts';
import type { TextToSpeech } from './ports.ts';
import { type ProviderService, providerPost } from './provider-request.ts';

export interface AsyncAiService extends ProviderService {
  readonly model: string;
  readonly sampleRateHertz: number;
}

/** Of their HTTP API (docs.async.ai, from memory). */
const VERSION = 'v1';

/** async.ai, streamed over HTTP. */
export const asyncAiMouth = ({ sampleRateHertz, ...service }: AsyncAiService): TextToSpeech => ({
  formats: [{ encoding: 'pcm16', sampleRateHertz }],
  async *speak({ text, voice, language, format, signal }) {
    try {
      const response = await providerPost(service, {
        path: 'text_to_speech/streaming',
        body: JSON.stringify({
          model_id: service.model,
          transcript: text,
          voice: { mode: 'id', id: voice },
          language: language.slice(0, 2),
          output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: format.sampleRateHertz },
        }),
        authorize: (key) => ({ 'x-api-key': key }),
        headers: { version: VERSION },
        signal,
      });
      yield* pcmAnswer(response, format);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
});
