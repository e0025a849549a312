import { bytesOf } from '../../../audio/pcm.ts';
import { resample } from '../../../audio/resampler.ts';
import { serveJobs } from '../workers/serve-jobs.ts';
import { FLITE_HERTZ, loadFlite } from './flite.ts';
import type { SpokenSentence } from './mouth.ts';

const flite = loadFlite();
// The first call in a process takes twice as long as those after it.
flite('Ready.', 'slt');

serveJobs(({ text, voice, sampleRateHertz }: SpokenSentence) => {
  const samples = resample(flite(text, voice), { fromHertz: FLITE_HERTZ, toHertz: sampleRateHertz });
  const pcm = new Uint8Array(bytesOf(samples));
  return { result: pcm, transfer: [pcm.buffer] };
});
