import type { VoiceSettings } from '../voice-settings.ts';

/** A runtime keeps a recording in memory until the call ends: two hours of both directions are 460 MB. */
export const MAX_DIRECT_RECORDING_MINUTES = 120;

type Asked = Pick<VoiceSettings, 'engine' | 'fallback' | 'cascade' | 'recording' | 'maxCallMinutes'>;

/**
 * Why an agent's own runtime cannot hold its calls, in words for its owner; undefined when it can. A runtime runs
 * generated code: it is given no key of a provider, and may call no model but its own.
 */
export const directObstacle = ({ engine, fallback, cascade, recording, maxCallMinutes }: Asked): string | undefined => {
  if (engine !== 'nova-sonic') return `Its engine is "${engine}"; only "nova-sonic" runs in an agent’s own runtime.`;
  const { stt, llm, tts } = cascade;
  if (llm.provider !== 'bedrock' || llm.modelId !== undefined) {
    return 'Its questions are answered by a language model of its owner’s choice, which an agent’s own runtime may not call in a call.';
  }
  if (fallback === 'cascade' && !(stt.provider === 'transcribe' && tts.provider === 'polly')) {
    return 'What it falls to needs the key of a provider, which an agent’s own runtime is not given.';
  }
  if (recording.enabled && maxCallMinutes > MAX_DIRECT_RECORDING_MINUTES) {
    return `Calls that are recorded may last ${MAX_DIRECT_RECORDING_MINUTES} minutes there.`;
  }
  return undefined;
};
