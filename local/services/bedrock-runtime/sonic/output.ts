import type { SampleRateHertz } from './input-events.ts';

export type StopReason = 'PARTIAL_TURN' | 'END_TURN' | 'INTERRUPTED' | 'TOOL_USE';
export type Stage = 'SPECULATIVE' | 'FINAL';
export type OutputEvent = Readonly<Record<string, object>>;

/** Tokens by kind, since the last usage event or in all. */
export interface Tokens {
  readonly input: { readonly speechTokens: number; readonly textTokens: number };
  readonly output: { readonly speechTokens: number; readonly textTokens: number };
}

export interface AudioOutput {
  /** PCM16 little-endian. */
  readonly chunk: (pcm: Uint8Array) => void;
  /** Only the first call counts. */
  readonly end: (stopReason: StopReason) => void;
}

/** Writes the output grammar: containers with fresh ids, every event under the same session, prompt and completion. */
export interface Output {
  /** `completionStart`, once, before anything else. */
  readonly begin: () => void;
  readonly text: (role: 'USER' | 'ASSISTANT', stage: Stage, content: string, stopReason: StopReason) => void;
  readonly audio: (sampleRateHertz: SampleRateHertz) => AudioOutput;
  readonly toolUse: (toolUseId: string, toolName: string, input: unknown) => void;
  readonly usage: (delta: Tokens, total: Tokens) => void;
  /** `completionEnd`, if there was a beginning. */
  readonly end: () => void;
}

export interface OutputDependencies {
  readonly sessionId: string;
  readonly promptName: () => string;
  readonly newId: () => string;
  readonly send: (event: OutputEvent) => void;
}

const sum = ({ speechTokens, textTokens }: Tokens['input']): number => speechTokens + textTokens;

/** Shapes of the events: Nova 2 user guide, "Handling output events". */
export function makeOutput({ sessionId, promptName, newId, send }: OutputDependencies): Output {
  const completionId = newId();
  let begun = false;
  const ids = () => ({ completionId, promptName: promptName(), sessionId });
  const emit = (name: string, members: object): void => send({ [name]: { ...ids(), ...members } });
  const begin = (): void => {
    if (begun) return;
    begun = true;
    emit('completionStart', {});
  };
  /** Opens a container; gives its id. */
  const open = (type: string, role: string, members: object): string => {
    begin();
    const contentId = newId();
    emit('contentStart', { contentId, type, role, ...members });
    return contentId;
  };
  return {
    begin,
    text: (role, stage, content, stopReason) => {
      const contentId = open('TEXT', role, {
        additionalModelFields: JSON.stringify({ generationStage: stage }),
        textOutputConfiguration: { mediaType: 'text/plain' },
      });
      emit('textOutput', { contentId, role, content });
      emit('contentEnd', { contentId, type: 'TEXT', stopReason });
    },
    audio: (sampleRateHertz) => {
      const contentId = open('AUDIO', 'ASSISTANT', {
        audioOutputConfiguration: {
          audioType: 'SPEECH',
          channelCount: 1,
          encoding: 'base64',
          mediaType: 'audio/lpcm',
          sampleRateHertz,
          sampleSizeBits: 16,
        },
      });
      let ended = false;
      return {
        chunk: (pcm) => emit('audioOutput', { contentId, content: Buffer.from(pcm).toString('base64') }),
        end: (stopReason) => {
          if (!ended) emit('contentEnd', { contentId, type: 'AUDIO', stopReason });
          ended = true;
        },
      };
    },
    toolUse: (toolUseId, toolName, input) => {
      const contentId = open('TOOL', 'TOOL', { toolUseOutputConfiguration: { mediaType: 'application/json' } });
      emit('toolUse', { contentId, toolName, toolUseId, content: JSON.stringify(input) });
      emit('contentEnd', { contentId, type: 'TOOL', stopReason: 'TOOL_USE' });
    },
    usage: (delta, total) => {
      const [totalInputTokens, totalOutputTokens] = [sum(total.input), sum(total.output)];
      const totals = { totalInputTokens, totalOutputTokens, totalTokens: totalInputTokens + totalOutputTokens };
      emit('usageEvent', { ...totals, details: { delta, total } });
    },
    end: () => {
      if (begun) emit('completionEnd', { stopReason: 'END_TURN' });
    },
  };
}
