import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { makeEars } from './ears/ears.ts';
import { ModelsUnavailable } from './models/download.ts';
import { defaultModelsDir, defaultRegistry, ensureModels, type Models } from './models/models.ts';
import { type SpokenSentence, speakBySentence } from './mouth/mouth.ts';
import type { Speech } from './speech.ts';
import { textOnlySpeech } from './text-only.ts';
import { makeWorkerPool } from './workers/worker-pool.ts';

export interface SpeechOptions {
  /** `ORATIO_MODELS_DIR`, else `.oratio/models` of the checkout, unless given. */
  readonly modelsDir?: string;
  /** npm's own unless given. */
  readonly registry?: string;
  /** Bytes of the missing models so far, and together; not called when nothing is missing. */
  readonly onProgress?: (bytes: number, ofBytes: number) => void;
  /** A line for the operator: why there is no speech. */
  readonly log: (line: string) => void;
}

/** A recognizer is a thread with 150 MB of its own. */
const MAX_RECOGNIZERS = 4;
const MAX_MOUTHS = 2;
/** Jobs of a hundred calls at once, and some. */
const MAX_WAITING = 256;

/**
 * Ears and mouth of this process; the first call ever downloads the models. Without them, which is said in the log, it
 * is `text-only`. One recognizer, one mouth and the listener are started at once, more as they are needed.
 */
export async function makeSpeech(options: SpeechOptions): Promise<Speech> {
  const dir = options.modelsDir ?? defaultModelsDir(process.env);
  const registry = options.registry ?? defaultRegistry(process.env);
  const { onProgress } = options;
  try {
    return speechWith(await ensureModels({ dir, registry, ...(onProgress ? { onProgress } : {}) }));
  } catch (error) {
    if (!(error instanceof ModelsUnavailable)) throw error;
    options.log(`Speech is off (text-only mode): ${error.message}`);
    return textOnlySpeech();
  }
}

function speechWith(models: Models): Speech {
  const size = Math.min(availableParallelism(), MAX_RECOGNIZERS);
  const mouths = makeWorkerPool<SpokenSentence, Uint8Array>({
    spawn: () => thread('./mouth/mouth-worker.ts'),
    size: MAX_MOUTHS,
    maxWaiting: MAX_WAITING,
  });
  const recognizers = makeWorkerPool<Float32Array, string>({
    spawn: () => thread('./ears/recognizer-worker.ts', models),
    size,
    maxWaiting: MAX_WAITING,
  });
  const ears = makeEars({ recognizers, spawnListener: () => thread('./ears/listener-worker.ts', models.vad) });
  return {
    mode: 'speech',
    openEar: ears.open,
    speak: (text, speakOptions) => speakBySentence(mouths.run, text, speakOptions),
    async close() {
      await Promise.all([ears.close(), recognizers.close(), mouths.close()]);
    },
  };
}

const thread = (file: string, workerData?: unknown): Worker =>
  new Worker(new URL(file, import.meta.url), { workerData });
