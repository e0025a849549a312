import * as z from 'zod';
import { ProviderError } from '../../../providers/provider-error.ts';
import { type OpenAiService, openAiPost } from './openai-request.ts';
import type { SpeechToText } from './ports.ts';
import { jsonOf } from './provider-request.ts';
import { utteranceEars } from './utterance-ears.ts';

const Transcription = z.object({ text: z.string() });

/** The text of a transcription, as OpenAI and ElevenLabs write it. Throws `ProviderError` `misbehaved`. */
export const transcriptionOf = async (response: Response): Promise<string> => {
  const parsed = Transcription.safeParse(await jsonOf(response));
  if (!parsed.success) throw new ProviderError('misbehaved', 'The transcription came in words of no protocol.');
  return parsed.data.text;
};

/** Any service with OpenAI's `audio/transcriptions`. */
export const openAiEars = (service: OpenAiService): SpeechToText =>
  utteranceEars(async ({ file, language, signal }) => {
    const form = new FormData();
    form.set('model', service.model);
    form.set('language', language.slice(0, 2));
    form.set('response_format', 'json');
    form.set('file', file, 'utterance.wav');
    return transcriptionOf(await openAiPost(service, 'audio/transcriptions', form, signal));
  });
