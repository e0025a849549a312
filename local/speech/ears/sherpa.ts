import { createRequire } from 'node:module';

/** What we use of sherpa-onnx-node 1.13.8, which brings no types. */
interface Sherpa {
  readonly Vad: new (config: VadConfig, bufferSeconds: number) => Vad;
  readonly OfflineRecognizer: new (config: RecognizerConfig) => OfflineRecognizer;
}

interface VadConfig {
  readonly sileroVad: {
    readonly model: string;
    readonly threshold: number;
    /** Seconds. */
    readonly minSpeechDuration: number;
    readonly minSilenceDuration: number;
    readonly maxSpeechDuration: number;
    /** Samples. */
    readonly windowSize: number;
  };
  readonly sampleRate: number;
  readonly numThreads: number;
  readonly debug: 0 | 1;
}

export interface Vad {
  acceptWaveform(samples: Float32Array): void;
  isDetected(): boolean;
  isEmpty(): boolean;
  pop(): void;
  reset(): void;
  clear(): void;
}

interface RecognizerConfig {
  readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
  readonly modelConfig: {
    readonly tokens: string;
    readonly numThreads: number;
    readonly provider: 'cpu';
    readonly debug: 0 | 1;
    readonly moonshine: { readonly encoder: string; readonly mergedDecoder: string };
  };
}

interface OfflineStream {
  acceptWaveform(audio: { readonly sampleRate: number; readonly samples: Float32Array }): void;
}

interface OfflineRecognizer {
  createStream(): OfflineStream;
  decode(stream: OfflineStream): void;
  getResult(stream: OfflineStream): { readonly text: string };
}

/** Loads the native library; throws when there is none for this platform. */
export function loadSherpa(): Sherpa {
  const require = createRequire(import.meta.url);
  const sherpa: Sherpa = require('sherpa-onnx-node');
  return sherpa;
}
