import { clampToInt16 } from './pcm.ts';

/**
 * Changes the sample rate of a stream by a windowed-sinc polyphase filter: flat (±0.01 dB) up to 84 % of the lower
 * rate's Nyquist frequency, 80 dB down from that Nyquist frequency on, unity gain. Output is the same however the input
 * is cut into chunks, and of each chunk as long as the chunk plays; it lags `delayMs` behind.
 */
export interface Resampler {
  /** 2 to 4 ms between 8 and 24 kHz. */
  readonly delayMs: number;
  readonly process: (samples: Int16Array) => Int16Array;
  /** What the filter still holds: `delayMs` of audio. The next chunk starts a new stream. */
  readonly flush: () => Int16Array;
}

export interface Rates {
  readonly fromHertz: number;
  readonly toHertz: number;
}

const STOP_BAND_DB = 80;
/** Where the transition from pass to stop starts, as a share of the lower rate's Nyquist frequency; it ends at 1. */
const PASS_EDGE = 0.84;

interface PolyphaseFilter {
  /** Interpolation: phases between two input samples. */
  readonly phases: number;
  /** Decimation: phases from one output sample to the next. */
  readonly step: number;
  readonly taps: number;
  /** Row by phase; within a row the oldest sample first. */
  readonly coefficients: Float64Array;
}

/** State of one stream; rates in hertz, whole numbers. Throws a RangeError on others. */
export function createResampler(rates: Rates): Resampler {
  if (rates.fromHertz === rates.toHertz) return passThrough;
  const filter = filterFor(rates);
  const stream = streamThrough(filter, rates);
  const delaySamples = filter.taps / 2;
  return {
    delayMs: (delaySamples / rates.fromHertz) * 1000,
    process: stream.process,
    flush() {
      const tail = stream.process(new Int16Array(delaySamples));
      stream.reset(0);
      return tail;
    },
  };
}

/** A whole recording, in step with the original: no delay, `ceil(length * to / from)` samples. */
export function resample(samples: Int16Array, rates: Rates): Int16Array {
  if (rates.fromHertz === rates.toHertz) return samples;
  const filter = filterFor(rates);
  const stream = streamThrough(filter, rates);
  stream.reset(filter.taps / 2);
  const padded = new Int16Array(samples.length + filter.taps / 2);
  padded.set(samples);
  return stream.process(padded);
}

const passThrough: Resampler = {
  delayMs: 0,
  process: (samples) => samples,
  flush: () => new Int16Array(0),
};

function streamThrough(filter: PolyphaseFilter, rates: Rates) {
  const { phases, step, taps, coefficients } = filter;
  /** The last `taps - 1` samples of the stream, then the chunk at hand. */
  let window = new Float64Array(taps - 1 + Math.ceil(rates.fromHertz / 10));
  /** Position of the next output in the window, in 1/phases of an input sample. */
  let position = 0;

  const reset = (skippedInputs: number): void => {
    window.fill(0, 0, taps - 1);
    position = (taps - 1 + skippedInputs) * phases;
  };
  reset(0);

  const process = (samples: Int16Array): Int16Array => {
    const filled = taps - 1 + samples.length;
    if (window.length < filled) window = grown(window, filled, taps - 1);
    window.set(samples, taps - 1);
    const limit = filled * phases;
    const output = new Int16Array(Math.max(0, Math.ceil((limit - position) / step)));
    for (let n = 0; n < output.length; n++, position += step) {
      const newest = Math.floor(position / phases);
      output[n] = clampToInt16(convolve(coefficients, (position - newest * phases) * taps, window, newest, taps));
    }
    window.copyWithin(0, samples.length, filled);
    position -= samples.length * phases;
    return output;
  };
  return { process, reset };
}

function convolve(row: Float64Array, rowStart: number, window: Float64Array, newest: number, taps: number): number {
  let at = newest - taps + 1;
  let even = 0;
  let odd = 0;
  // Two sums: the second multiplication need not wait for the first addition. `taps` is even.
  for (let i = rowStart; i < rowStart + taps; i += 2, at += 2) {
    even += (row[i] as number) * (window[at] as number);
    odd += (row[i + 1] as number) * (window[at + 1] as number);
  }
  return even + odd;
}

function grown(window: Float64Array<ArrayBuffer>, length: number, kept: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length * 2);
  larger.set(window.subarray(0, kept));
  return larger;
}

const filters = new Map<string, PolyphaseFilter>();

/** Filters are read only: one of each pair of rates is enough for the process. */
function filterFor(rates: Rates): PolyphaseFilter {
  const key = `${rates.fromHertz}:${rates.toHertz}`;
  const known = filters.get(key);
  if (known) return known;
  const filter = designFilter(rates);
  filters.set(key, filter);
  return filter;
}

function designFilter({ fromHertz, toHertz }: Rates): PolyphaseFilter {
  if (![fromHertz, toHertz].every((hertz) => Number.isInteger(hertz) && hertz > 0)) {
    throw new RangeError(`Sample rates are whole numbers of hertz, not ${fromHertz} and ${toHertz}.`);
  }
  const divisor = greatestCommonDivisor(fromHertz, toHertz);
  const phases = toHertz / divisor;
  const nyquist = Math.min(fromHertz, toHertz) / fromHertz;
  // Kaiser's estimate of the length (J. F. Kaiser, 1974), of a transition measured in input samples.
  const taps = 2 * Math.ceil((STOP_BAND_DB - 7.95) / (2.285 * (1 - PASS_EDGE) * nyquist * Math.PI) / 2);
  const coefficients = new Float64Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    coefficients.set(rowOf(phase / phases, taps, (nyquist * (1 + PASS_EDGE)) / 2), phase * taps);
  }
  return { phases, step: fromHertz / divisor, taps, coefficients };
}

/** Taps for an output that lies `offset` of a sample behind the newest input. `cutoff` 1 is the input's Nyquist. */
function rowOf(offset: number, taps: number, cutoff: number): Float64Array {
  const row = Float64Array.from({ length: taps }, (_, i) => {
    const distance = taps - 1 - i + offset - taps / 2;
    return sinc(cutoff * distance) * kaiser((2 * distance) / taps);
  });
  // Every phase passes a constant unchanged: no tone at the phases' rate, and unity gain.
  const gain = row.reduce((sum, tap) => sum + tap, 0);
  return row.map((tap) => tap / gain);
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** For 80 dB, by Kaiser's formula. */
const BETA = 0.1102 * (STOP_BAND_DB - 8.7);

const kaiser = (x: number): number => (Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA));

/** Modified Bessel function of the first kind and order zero, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-16; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
