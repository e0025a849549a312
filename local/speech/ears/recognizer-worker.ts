import { workerData } from 'node:worker_threads';
import type { Models } from '../models/models.ts';
import { serveJobs } from '../workers/serve-jobs.ts';
import { loadSherpa } from './sherpa.ts';
import { EAR_HERTZ } from './turn-taking.ts';

const models: Models = workerData;

const recognizer = new (loadSherpa().OfflineRecognizer)({
  featConfig: { sampleRate: EAR_HERTZ, featureDim: 80 },
  modelConfig: {
    tokens: models.tokens,
    // Two are not faster; several recognitions side by side are what threads are for.
    numThreads: 1,
    provider: 'cpu',
    debug: 0,
    moonshine: { encoder: models.encoder, mergedDecoder: models.decoder },
  },
});

// Synchronously in a thread of ours: libuv's four threads, which decodeAsync would take, are everybody's.
serveJobs((samples: Float32Array) => {
  const stream = recognizer.createStream();
  stream.acceptWaveform({ sampleRate: EAR_HERTZ, samples });
  recognizer.decode(stream);
  return { result: wordsOf(recognizer.getResult(stream).text) };
});

/** Noise comes out as nothing, or as punctuation alone. */
function wordsOf(text: string): string {
  return /[\p{L}\p{N}]/u.test(text) ? text.trim() : '';
}
