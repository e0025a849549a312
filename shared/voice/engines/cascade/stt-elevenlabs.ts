import type { SpeechToText } from './ports.ts';
import { providerPost } from './provider-request.ts';
import { transcriptionOf } from './stt-openai.ts';
import { type ElevenLabsService, elevenLabsKey } from './tts-elevenlabs.ts';
import { utteranceEars } from './utterance-ears.ts';

/** ElevenLabs' Scribe (elevenlabs.io/docs/api-reference/speech-to-text/convert). */
export const elevenLabsEars = (service: ElevenLabsService): SpeechToText =>
  utteranceEars(async ({ file, language, signal }) => {
    const form = new FormData();
    form.set('model_id', service.model);
    form.set('language_code', language.slice(0, 2));
    form.set('tag_audio_events', 'false');
    form.set('file', file, 'utterance.wav');
    const post = { path: 'v1/speech-to-text', body: form, authorize: elevenLabsKey, signal };
    return transcriptionOf(await providerPost(service, post));
  });
