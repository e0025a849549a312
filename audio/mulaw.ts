/**
 * µ-law of ITU-T G.711: 14-bit samples as 8 bits. Values here are scaled to 16 bits (the recommendation's times four),
 * so that they meet PCM16 without shifting.
 */

/** Added before the logarithmic segments are cut, so that each starts at a power of two (33 in the recommendation). */
const BIAS = 33 * 4;
/** The largest magnitude that has a code of its own: one more would overflow the eighth segment. */
const CLIP = 0x7fff - BIAS;

function codeOf(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), CLIP) + BIAS;
  const segment = 24 - Math.clz32(biased);
  const step = (biased >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

function sampleOf(code: number): number {
  const bits = ~code & 0xff;
  const segment = (bits >> 4) & 0x07;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << segment) - BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

/** By the sample's 16 bits read as an unsigned number. */
const CODES = Uint8Array.from({ length: 65_536 }, (_, bits) => codeOf(bits >= 32_768 ? bits - 65_536 : bits));
const VALUES = Int16Array.from({ length: 256 }, (_, code) => sampleOf(code));

/** One µ-law byte a sample. */
export function encodeMuLaw(samples: Int16Array): Uint8Array {
  const codes = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) codes[i] = CODES[(samples[i] as number) & 0xffff] as number;
  return codes;
}

/** One sample a µ-law byte: ±32,124 at most. */
export function decodeMuLaw(codes: Uint8Array): Int16Array {
  const samples = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) samples[i] = VALUES[codes[i] as number] as number;
  return samples;
}
