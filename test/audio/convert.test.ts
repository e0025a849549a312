import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converter } from '../../audio/convert.ts';
import { type AudioFormat, durationMs } from '../../audio/format.ts';
import { joinBytes } from '../../audio/pcm.ts';

const PHONE: AudioFormat = { encoding: 'mulaw', sampleRateHertz: 8000 };
const EARS: AudioFormat = { encoding: 'pcm16', sampleRateHertz: 16_000 };
const MOUTH: AudioFormat = { encoding: 'pcm16', sampleRateHertz: 24_000 };

const whole = (from: AudioFormat, to: AudioFormat, chunks: readonly Uint8Array[]): Uint8Array => {
  const { convert, end } = converter(from, to);
  return joinBytes([...chunks.map(convert), end()]);
};

describe('a converter', () => {
  it.each([PHONE, EARS])('passes the same format through untouched', (format) => {
    const bytes = Uint8Array.of(1, 2, 3);
    const { convert, end } = converter(format, { ...format });
    expect([convert(bytes) === bytes, end()]).toEqual([true, new Uint8Array(0)]);
  });

  it('changes only the encoding when the rates agree', () => {
    const pcm: AudioFormat = { encoding: 'pcm16', sampleRateHertz: 8000 };
    const codes = Uint8Array.from({ length: 256 }, (_, i) => i).filter((code) => code !== 0x7f);
    expect(whole(pcm, PHONE, [whole(PHONE, pcm, [codes])])).toEqual(codes);
  });

  it('makes of 20 ms from the phone 20 ms for the ears, and back', () => {
    const frame = new Uint8Array(160).fill(0xff);
    const inward = converter(PHONE, EARS).convert(frame);
    const outward = converter(MOUTH, PHONE).convert(new Uint8Array(960));
    expect([durationMs(inward.length, EARS), outward]).toEqual([20, frame]);
  });

  it('does not care where the stream is cut, even within a sample', () => {
    const bytes = Uint8Array.from({ length: 2000 }, (_, i) => (i * 31) % 256);
    const expected = whole(MOUTH, PHONE, [bytes]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(2000), { maxLength: 8 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
        expect(whole(MOUTH, PHONE, chunks)).toEqual(expected);
      }),
    );
  });
});
