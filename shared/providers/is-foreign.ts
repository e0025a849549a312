import type { VoiceSettings } from '../voice/voice-settings.ts';
import type { ProviderPart } from './provider-names.ts';

/** Whether a part is a service of a tenant's own, spoken to with the tenant's key, and none of AWS. */
export const isForeign = (part: ProviderPart, { engine, cascade }: VoiceSettings): boolean =>
  ({
    speech: engine === 'openai-realtime',
    llm: cascade.llm.provider !== 'bedrock',
    tts: cascade.tts.provider !== 'polly',
    stt: cascade.stt.provider !== 'transcribe',
  })[part];
