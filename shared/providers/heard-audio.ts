import { type AudioFormat, durationMs } from '../../audio/format.ts';
import { samplesOf } from '../../audio/pcm.ts';

/** What can be told of sound without understanding it. */
export interface HeardAudio {
  readonly sampleRateHertz: number;
  readonly durationMs: number;
  /** Root mean square below full scale; -100 is silence. */
  readonly loudnessDb: number;
}

const SILENCE_DB = -100;

export const heardAudio = (audio: Uint8Array, format: AudioFormat): HeardAudio => {
  const samples = samplesOf(audio);
  const power = samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / Math.max(1, samples.length);
  const loudnessDb = power === 0 ? SILENCE_DB : Math.max(SILENCE_DB, Math.round(10 * Math.log10(power)));
  return {
    sampleRateHertz: format.sampleRateHertz,
    durationMs: Math.round(durationMs(audio.length, format)),
    loudnessDb,
  };
};

/** Below this nobody hears anything. */
const INAUDIBLE_DB = -60;
/** Compressed bytes taken for samples are white noise, near full scale and crossing zero at every other sample; speech is neither. */
const NOISE_DB = -8;
const NOISE_CROSSINGS = 0.4;
/** People and voices say 10 to 20 characters a second; beyond these the rate is not the one that was asked for. */
const SLOWEST_CHARACTERS_PER_SECOND = 5;
const FASTEST_CHARACTERS_PER_SECOND = 40;
/** A shorter text says nothing about speed. */
const MIN_CHARACTERS = 15;

const crossings = (audio: Uint8Array): number => {
  const samples = samplesOf(audio);
  let count = 0;
  for (let at = 1; at < samples.length; at += 1) {
    if ((samples[at - 1] as number) >= 0 !== (samples[at] as number) >= 0) count += 1;
  }
  return count / Math.max(1, samples.length - 1);
};

/** What is wrong with speech of this text, in words for its owner; undefined when it may be speech. */
export const speechObstacle = (audio: Uint8Array, format: AudioFormat, text: string): string | undefined => {
  const { durationMs: ms, loudnessDb } = heardAudio(audio, format);
  if (ms === 0) return 'The service answered without any sound.';
  if (loudnessDb < INAUDIBLE_DB) return 'The service answered with silence.';
  if (loudnessDb > NOISE_DB && crossings(audio) > NOISE_CROSSINGS) {
    return 'The service answered with noise: it may be a compressed format; bare PCM was asked for.';
  }
  if (text.length < MIN_CHARACTERS) return undefined;
  const speed = text.length / (ms / 1000);
  if (speed >= SLOWEST_CHARACTERS_PER_SECOND && speed <= FASTEST_CHARACTERS_PER_SECOND) return undefined;
  const how = speed < SLOWEST_CHARACTERS_PER_SECOND ? 'slow' : 'fast';
  return `The speech is too ${how} (${Math.round(speed)} characters a second): is its rate really ${format.sampleRateHertz} Hz?`;
};
