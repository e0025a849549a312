/** The ears and the voice behind the embedded Nova Sonic, Transcribe and Polly. */
export interface Speech {
  /** `text-only`: the model files are not there; ears hear nothing and mouths say silence of the right length. */
  readonly mode: 'speech' | 'text-only';
  /** An ear listens to one stream. */
  readonly openEar: (options: EarOptions) => Ear;
  /** Speaks a text, sentence by sentence: PCM16 little-endian at the rate asked for. Ends early when the signal aborts. */
  readonly speak: (text: string, options: SpeakOptions) => AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
}

export interface EarOptions {
  readonly sampleRateHertz: 8000 | 16_000 | 24_000;
  /** How long the speaker must be quiet until his turn counts as over. */
  readonly endOfTurnMs: number;
}

export interface Ear {
  /** PCM16 little-endian, any length. Never blocks; recognition happens elsewhere. */
  readonly accept: (pcm: Uint8Array) => void;
  /** Ends after `close`. Times are milliseconds of audio since the ear was opened. */
  readonly events: AsyncIterable<EarEvent>;
  readonly close: () => void;
}

export type EarEvent =
  | { readonly type: 'speech-started'; readonly atMs: number }
  | { readonly type: 'partial'; readonly text: string }
  /** A whole turn; empty text when it was noise. `atMs`: where in the audio the end was noticed. */
  | {
      readonly type: 'utterance';
      readonly text: string;
      readonly startMs: number;
      readonly endMs: number;
      readonly atMs: number;
    };

export interface SpeakOptions {
  readonly voice: string;
  readonly sampleRateHertz: 8000 | 16_000 | 24_000;
  readonly signal?: AbortSignal;
}
