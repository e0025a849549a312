import { pcmAnswer } from './pcm-answer.ts';
import type { TextToSpeech } from './ports.ts';
import { type ProviderService, providerPost } from './provider-request.ts';

export interface ElevenLabsService extends ProviderService {
  readonly model: string;
}

/** Characters of one request of the fast models (elevenlabs.io/docs/models, from memory). */
const MAX_CHARACTERS = 10_000;

/** How ElevenLabs wants its key. */
export const elevenLabsKey = (key: string) => ({ 'xi-api-key': key });

/**
 * ElevenLabs, streamed over HTTP (elevenlabs.io/docs/api-reference/text-to-speech/stream): a sentence is known whole
 * before it is spoken, for which their WebSocket is the slower way.
 */
export const elevenLabsMouth = ({
  sampleRateHertz,
  ...service
}: ElevenLabsService & { readonly sampleRateHertz: number }): TextToSpeech => ({
  formats: [{ encoding: 'pcm16', sampleRateHertz }],
  async *speak({ text, voice, format, signal }) {
    try {
      const response = await providerPost(service, {
        path: `v1/text-to-speech/${encodeURIComponent(voice)}/stream?output_format=pcm_${format.sampleRateHertz}`,
        body: JSON.stringify({ text: text.slice(0, MAX_CHARACTERS), model_id: service.model }),
        authorize: elevenLabsKey,
        signal,
      });
      yield* pcmAnswer(response, format);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
});
