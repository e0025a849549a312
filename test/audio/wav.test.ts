import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMuLaw } from '../../audio/mulaw.ts';
import { mono, readWav, WavError, writeWav } from '../../audio/wav.ts';

/** A file with one format chunk, an odd-sized chunk that nobody knows, and data. */
function wavFile(format: { encoding: number; channels: number; bits: number; extra?: Uint8Array }, data: Uint8Array) {
  const extra = format.extra ?? new Uint8Array(0);
  const head = new DataView(new ArrayBuffer(16));
  head.setUint16(0, format.encoding, true);
  head.setUint16(2, format.channels, true);
  head.setUint32(4, 8000, true);
  head.setUint16(14, format.bits, true);
  const length = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from('RIFF'),
      length(0),
      Buffer.from('WAVEfmt '),
      length(16 + extra.length),
      new Uint8Array(head.buffer),
      extra,
      Buffer.from('LIST'),
      length(3),
      Buffer.from('abc\0'),
      Buffer.from('data'),
      length(data.length),
      data,
    ]),
  );
}

describe('WAV files', () => {
  it('come back as they were written', () => {
    const recordings = fc
      .record({ length: fc.nat(50), channels: fc.integer({ min: 1, max: 3 }), rate: fc.constantFrom(8000, 24_000) })
      .chain(({ length, channels, rate }) =>
        fc.record({
          sampleRateHertz: fc.constant(rate),
          channels: fc.array(fc.int16Array({ minLength: length, maxLength: length }), {
            minLength: channels,
            maxLength: channels,
          }),
        }),
      );
    fc.assert(
      fc.property(recordings, (wav) => {
        expect(readWav(writeWav(wav))).toEqual(wav);
      }),
    );
  });

  it('of µ-law, 8 bits and floats are read too', () => {
    const samples = Int16Array.of(0, 1000, -1000);
    const floats = new Uint8Array(Float32Array.of(0, 0.5, -0.5).buffer);
    const read = [
      readWav(wavFile({ encoding: 7, channels: 1, bits: 8 }, encodeMuLaw(samples))),
      readWav(wavFile({ encoding: 1, channels: 1, bits: 8 }, Uint8Array.of(128, 255, 0))),
      readWav(wavFile({ encoding: 3, channels: 1, bits: 32 }, floats)),
    ].map(({ channels }) => Array.from(channels[0] ?? []));
    expect(read).toEqual([
      [0, 988, -988],
      [0, 32_512, -32_768],
      [0, 16_384, -16_384],
    ]);
  });

  it('of the extensible kind name their encoding in the sub-format', () => {
    const extra = new Uint8Array(24);
    extra[8] = 1;
    const file = wavFile({ encoding: 0xfffe, channels: 2, bits: 16, extra }, Uint8Array.of(1, 0, 3, 0));
    expect(readWav(file)).toEqual({ sampleRateHertz: 8000, channels: [Int16Array.of(1), Int16Array.of(3)] });
  });

  it('that were cut off give what is there', () => {
    const file = writeWav({ sampleRateHertz: 8000, channels: [Int16Array.of(1, 2, 3)] });
    expect(readWav(file.subarray(0, file.length - 2)).channels).toEqual([Int16Array.of(1, 2)]);
  });

  it('are averaged into one channel', () => {
    expect(mono({ sampleRateHertz: 8000, channels: [Int16Array.of(10, 20), Int16Array.of(20, 40)] })).toEqual(
      Int16Array.of(15, 30),
    );
  });

  it.each([
    ['text', new TextEncoder().encode('not audio at all'), 'does not start with RIFF'],
    ['no chunks', new TextEncoder().encode('RIFF....WAVE'), 'no format chunk'],
    ['24 bits', wavFile({ encoding: 1, channels: 1, bits: 24 }, new Uint8Array(3)), 'encoding 1 with 24 bits'],
  ])('that are %s are refused with a reason', (_name, bytes, reason) => {
    expect(() => readWav(bytes)).toThrow(WavError);
    expect(() => readWav(bytes)).toThrow(reason);
  });
});
