import { describe, expect, it } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from '../../audio/mulaw.ts';

const every16BitSample = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const everyCode = Uint8Array.from({ length: 256 }, (_, code) => code);

describe('µ-law', () => {
  it('has the values of ITU-T G.711, table 2a, at the ends of each segment', () => {
    const codes = Uint8Array.of(0x80, 0x8f, 0x9f, 0xaf, 0xbf, 0xcf, 0xdf, 0xef, 0xfe, 0xff);
    const values14Bit = Array.from(decodeMuLaw(codes), (value) => value / 4);
    expect(values14Bit).toEqual([8031, 4191, 2079, 1023, 495, 231, 99, 33, 2, 0]);
  });

  it('decides between two values where the recommendation does', () => {
    // Decision values x(n) of table 2a, in 14 bits: at and above one the code is that of the value above.
    const decisions = [4063, 2015, 991, 479, 223, 95, 31, 1];
    const samples = Int16Array.from(decisions.flatMap((decision) => [decision * 4 - 1, decision * 4]));
    expect(Array.from(encodeMuLaw(samples))).toEqual([
      0x90, 0x8f, 0xa0, 0x9f, 0xb0, 0xaf, 0xc0, 0xbf, 0xd0, 0xcf, 0xe0, 0xdf, 0xf0, 0xef, 0xff, 0xfe,
    ]);
  });

  it('is mirrored for negative samples', () => {
    const positive = decodeMuLaw(everyCode.slice(128));
    const negative = decodeMuLaw(everyCode.slice(0, 128));
    expect(Array.from(negative, (value) => -value + 0)).toEqual(Array.from(positive));
  });

  it('gives every code back, but for the second name of zero', () => {
    const again = encodeMuLaw(decodeMuLaw(everyCode));
    const changed = Array.from(everyCode).filter((code) => again[code] !== code);
    expect({ changed, to: again[0x7f] }).toEqual({ changed: [0x7f], to: 0xff });
  });

  it('keeps each of the 65,536 samples within half a step of its segment', () => {
    const decoded = decodeMuLaw(encodeMuLaw(every16BitSample));
    const strays = every16BitSample.filter((sample, i) => {
      const clipped = Math.max(-32_635, Math.min(32_635, sample));
      const halfStep = 4 << (24 - Math.clz32(Math.abs(clipped) + 132));
      return Math.abs((decoded[i] as number) - clipped) > halfStep;
    });
    expect(Array.from(strays)).toEqual([]);
  });
});
