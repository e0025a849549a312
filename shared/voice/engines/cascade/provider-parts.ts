import type { ProviderNetwork } from '../../../providers/provider-network.ts';
import type { VoiceSettings } from '../../voice-settings.ts';
import { openAiMind } from './llm-openai.ts';
import type { ChatModel, SpeechToText, TextToSpeech } from './ports.ts';
import type { ProviderService } from './provider-request.ts';
import { elevenLabsEars } from './stt-elevenlabs.ts';
import { openAiEars } from './stt-openai.ts';
import { whisperEars } from './stt-whisper.ts';
import { asyncAiMouth } from './tts-async-ai.ts';
import { elevenLabsMouth } from './tts-elevenlabs.ts';
import { openAiMouth } from './tts-openai.ts';

type Cascade = VoiceSettings['cascade'];
/** Parts that are somebody else's service, not one of AWS. */
export type ForeignEars = Exclude<Cascade['stt'], { provider: 'transcribe' }>;
export type ForeignMind = Exclude<Cascade['llm'], { provider: 'bedrock' }>;
export type ForeignMouth = Exclude<Cascade['tts'], { provider: 'polly' }>;

/** How such a service is reached. */
export interface ForeignAccess {
  readonly apiKey: () => Promise<string>;
  readonly network: ProviderNetwork;
}

const at = ({ apiUrl }: { readonly apiUrl: string }, access: ForeignAccess): ProviderService => ({ apiUrl, ...access });

/** A path of the tenant's own, in the place of the protocol's. */
const pathOf = (path: string | undefined) => (path === undefined ? {} : { path });

export const foreignEars = (stt: ForeignEars, access: ForeignAccess): SpeechToText => {
  const service = at(stt, access);
  switch (stt.provider) {
    case 'openai-compatible':
      return openAiEars({ ...service, model: stt.model, ...pathOf(stt.path) });
    case 'elevenlabs':
      return elevenLabsEars({ ...service, model: stt.model });
    case 'whisper-websocket': {
      const { model, sampleRateHertz } = stt;
      return whisperEars({
        ...service,
        sampleRateHertz,
        ...pathOf(stt.path),
        ...(model === undefined ? {} : { model }),
      });
    }
  }
};

export const foreignMind = (llm: ForeignMind, access: ForeignAccess): ChatModel =>
  openAiMind({ ...at(llm, access), model: llm.model, ...pathOf(llm.completionsPath) });

export const foreignMouth = (tts: ForeignMouth, access: ForeignAccess): TextToSpeech => {
  const service = at(tts, access);
  const { model, sampleRateHertz } = tts;
  switch (tts.provider) {
    case 'openai-compatible':
      return openAiMouth({
        ...service,
        model,
        ...pathOf(tts.path),
        ...(sampleRateHertz === undefined ? {} : { sampleRateHertz }),
      });
    case 'elevenlabs':
      return elevenLabsMouth({ ...service, model, sampleRateHertz: tts.sampleRateHertz });
    case 'async.ai':
      return asyncAiMouth({ ...service, model, sampleRateHertz: tts.sampleRateHertz });
  }
};
