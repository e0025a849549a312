import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResampler, type Rates, resample } from '../../audio/resampler.ts';

const PAIRS = [8000, 16_000, 24_000].flatMap((fromHertz) =>
  [8000, 16_000, 24_000].filter((toHertz) => toHertz !== fromHertz).map((toHertz) => ({ fromHertz, toHertz })),
);
const FROM_BROWSERS = [44_100, 48_000].map((fromHertz) => ({ fromHertz, toHertz: 16_000 }));
const AMPLITUDE = 20_000;

const sine = (hertz: number, rate: number, samples = rate / 2): Int16Array =>
  Int16Array.from({ length: samples }, (_, n) => Math.round(AMPLITUDE * Math.sin((2 * Math.PI * hertz * n) / rate)));

/** Amplitude of one frequency in the middle of a signal, by correlation under a Hann window. */
function amplitudeAt(hertz: number, samples: Int16Array, rate: number): number {
  const middle = samples.subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4));
  let real = 0;
  let imaginary = 0;
  let weights = 0;
  middle.forEach((sample, n) => {
    const weight = 1 - Math.cos((2 * Math.PI * (n + 0.5)) / middle.length);
    real += weight * sample * Math.cos((2 * Math.PI * hertz * n) / rate);
    imaginary += weight * sample * Math.sin((2 * Math.PI * hertz * n) / rate);
    weights += weight;
  });
  return (2 * Math.hypot(real, imaginary)) / weights;
}

const decibels = (amplitude: number): number => 20 * Math.log10(Math.max(amplitude, 1e-9) / AMPLITUDE);

const loudest = (samples: Int16Array): number =>
  samples
    .subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4))
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

const frequencies = (from: number, to: number): number[] =>
  Array.from({ length: 8 }, (_, i) => Math.round(from + ((to - from) * i) / 7));

describe.each([...PAIRS, ...FROM_BROWSERS])('from $fromHertz to $toHertz Hz', (rates: Rates) => {
  const nyquist = Math.min(rates.fromHertz, rates.toHertz) / 2;

  it('passes the band up to 84 % of Nyquist within 0.05 dB', () => {
    const gains = frequencies(100, nyquist * 0.84).map((hertz) =>
      decibels(amplitudeAt(hertz, resample(sine(hertz, rates.fromHertz), rates), rates.toHertz)),
    );
    expect(gains.filter((gain) => Math.abs(gain) > 0.05)).toEqual([]);
  });

  it('leaves of what would alias or mirror less than -75 dB', () => {
    const leaks =
      rates.toHertz < rates.fromHertz
        ? frequencies(nyquist + 1, rates.fromHertz / 2 - 50).map((hertz) =>
            decibels(loudest(resample(sine(hertz, rates.fromHertz), rates))),
          )
        : frequencies(100, nyquist * 0.84).map((hertz) =>
            decibels(
              amplitudeAt(rates.fromHertz - hertz, resample(sine(hertz, rates.fromHertz), rates), rates.toHertz),
            ),
          );
    expect(leaks.filter((leak) => leak > -75)).toEqual([]);
  });

  it('passes a constant unchanged', () => {
    const output = resample(new Int16Array(rates.fromHertz / 10).fill(12_345), rates);
    const middle = output.subarray(Math.floor(output.length / 4), Math.floor((output.length * 3) / 4));
    expect([...new Set(middle)]).toEqual([12_345]);
  });

  it('gives the same however the stream is cut', () => {
    const input = sine(440, rates.fromHertz, 1000).map((sample, n) => sample + ((n * 7919) % 4000));
    const whole = createResampler(rates);
    const expected = [...whole.process(input), ...whole.flush()];
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 8 }), (lengths) => {
        const cut = createResampler(rates);
        const output: number[] = [];
        let at = 0;
        for (const length of [...lengths, input.length]) {
          output.push(...cut.process(input.subarray(at, at + length)));
          at = Math.min(input.length, at + length);
        }
        expect([...output, ...cut.flush()]).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('gives of each 20 ms exactly 20 ms', () => {
    const stream = createResampler(rates);
    const frame = new Int16Array(rates.fromHertz / 50);
    const lengths = Array.from({ length: 50 }, () => stream.process(frame).length);
    expect([...new Set(lengths)]).toEqual([rates.toHertz / 50]);
  });

  it('starts anew after a flush', () => {
    const stream = createResampler(rates);
    const input = sine(440, rates.fromHertz, 500);
    const first = stream.process(input);
    stream.flush();
    expect(stream.process(input)).toEqual(first);
  });
});

describe('resampling a whole recording', () => {
  it('keeps a click where it was', () => {
    const input = new Int16Array(8000);
    input[4000] = 20_000;
    const output = resample(input, { fromHertz: 8000, toHertz: 24_000 });
    expect({ length: output.length, click: output.indexOf(Math.max(...output)) }).toEqual({
      length: 24_000,
      click: 12_000,
    });
  });

  it('is the stream without its delay', () => {
    const rates = { fromHertz: 24_000, toHertz: 16_000 };
    const input = sine(1000, 24_000, 2400);
    const stream = createResampler(rates);
    const delayed = [...stream.process(input), ...stream.flush()];
    const skipped = (stream.delayMs / 1000) * rates.toHertz;
    expect({ whole: Number.isInteger(skipped), samples: delayed.slice(skipped) }).toEqual({
      whole: true,
      samples: [...resample(input, rates)],
    });
  });

  it('leaves the same rate alone', () => {
    const samples = sine(100, 8000, 80);
    const stream = createResampler({ fromHertz: 8000, toHertz: 8000 });
    expect([resample(samples, { fromHertz: 8000, toHertz: 8000 }), stream.process(samples), stream.flush()]).toEqual([
      samples,
      samples,
      new Int16Array(0),
    ]);
  });

  it('cuts off overshoot at full scale', () => {
    const square = Int16Array.from({ length: 2400 }, (_, n) => (n % 24 < 12 ? 32_767 : -32_768));
    const output = resample(square, { fromHertz: 24_000, toHertz: 16_000 });
    expect([Math.max(...output), Math.min(...output)]).toEqual([32_767, -32_768]);
  });

  it('refuses rates that are no whole numbers', () => {
    expect(() => createResampler({ fromHertz: 0, toHertz: 8000 })).toThrow(RangeError);
    expect(() => createResampler({ fromHertz: 8000, toHertz: 11_025.5 })).toThrow('not 8000 and 11025.5');
  });
});
