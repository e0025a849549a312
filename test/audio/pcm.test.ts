import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, floatsOf, joinBytes, samplesOf, samplesOfFloats } from '../../audio/pcm.ts';

describe('PCM', () => {
  it('is little-endian, two bytes a sample', () => {
    expect(bytesOf(Int16Array.of(1, -2, 32_767, -32_768))).toEqual(
      Uint8Array.of(0x01, 0x00, 0xfe, 0xff, 0xff, 0x7f, 0x00, 0x80),
    );
  });

  it('comes back from bytes and from floats as it was', () => {
    fc.assert(
      fc.property(fc.int16Array(), (samples) => {
        expect(samplesOf(bytesOf(samples))).toEqual(samples);
        expect(samplesOfFloats(floatsOf(samples))).toEqual(samples);
      }),
    );
  });

  it('reads from any place of a larger buffer and leaves half a sample out', () => {
    expect(samplesOf(Uint8Array.of(9, 1, 0, 2, 0, 7).subarray(1))).toEqual(Int16Array.of(1, 2));
  });

  it('cuts off what is louder than full scale', () => {
    expect(samplesOfFloats(Float32Array.of(1.5, 1, -1, -2))).toEqual(Int16Array.of(32_767, 32_767, -32_768, -32_768));
  });

  it('joins chunks in order', () => {
    expect(joinBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)])).toEqual(Uint8Array.of(1, 2, 3));
  });
});
