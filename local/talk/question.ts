import { readFile } from 'node:fs/promises';
import { bytesOf } from '../../audio/pcm.ts';
import { resample } from '../../audio/resampler.ts';
import { mono, readWav, WavError } from '../../audio/wav.ts';
import { FLITE_HERTZ, loadFlite } from '../speech/mouth/flite.ts';
import { spokenText } from '../speech/mouth/spoken-text.ts';
import type { Question } from './options.ts';

/** Of what a caller says, as the protocol of calls takes it. */
export const INPUT_HERTZ = 16_000;
/** The caller's voice: the one that the recognizer understands best. */
const CALLER = 'rms';

type SpokenQuestion = Exclude<Question, { type: 'typed' }>;

/** PCM16 at the rate we send. Throws an `Error` about a file that is no recording. */
export async function questionAudio(question: SpokenQuestion): Promise<Uint8Array> {
  if (question.type === 'say') {
    const samples = loadFlite()(spokenText(question.words), CALLER);
    return bytesOf(resample(samples, { fromHertz: FLITE_HERTZ, toHertz: INPUT_HERTZ }));
  }
  const bytes = await readFile(question.path).catch((error: unknown) => {
    throw new Error(`There is no recording ${question.path}.`, { cause: error });
  });
  return bytesOf(recordedSamples(question.path, bytes));
}

function recordedSamples(path: string, bytes: Uint8Array): Int16Array {
  try {
    const wav = readWav(bytes);
    return resample(mono(wav), { fromHertz: wav.sampleRateHertz, toHertz: INPUT_HERTZ });
  } catch (error) {
    if (error instanceof WavError) throw new Error(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
