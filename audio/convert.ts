import type { AudioFormat } from './format.ts';
import { decodeMuLaw, encodeMuLaw } from './mulaw.ts';
import { bytesOf, joinBytes, samplesOf } from './pcm.ts';
import { createResampler } from './resampler.ts';

/** One direction of one stream: bytes of one format in, bytes of the other out. */
export interface Converter {
  /** Chunks may be of any length, also such that cut a sample in two. */
  readonly convert: (bytes: Uint8Array) => Uint8Array;
  /** What is still held back (the resampler's delay). The next chunk starts a new stream. */
  readonly end: () => Uint8Array;
}

/** The same format on both sides passes the very bytes through. */
export function converter(from: AudioFormat, to: AudioFormat): Converter {
  if (from.sampleRateHertz === to.sampleRateHertz && from.encoding === to.encoding) return untouched;
  const resampler = createResampler({ fromHertz: from.sampleRateHertz, toHertz: to.sampleRateHertz });
  const decode = from.encoding === 'mulaw' ? muLawDecoder : pcmDecoder();
  const encode = to.encoding === 'mulaw' ? encodeMuLaw : bytesOf;
  return {
    convert: (bytes) => encode(resampler.process(decode.samples(bytes))),
    end() {
      decode.reset();
      return encode(resampler.flush());
    },
  };
}

const untouched: Converter = { convert: (bytes) => bytes, end: () => new Uint8Array(0) };

const muLawDecoder = { samples: decodeMuLaw, reset() {} };

/** Keeps the first half of a sample until its second half comes. */
function pcmDecoder() {
  let half = new Uint8Array(0);
  return {
    samples(bytes: Uint8Array): Int16Array {
      const whole = half.length > 0 ? joinBytes([half, bytes]) : bytes;
      half = whole.slice(whole.length & ~1);
      return samplesOf(whole);
    },
    reset() {
      half = new Uint8Array(0);
    },
  };
}
