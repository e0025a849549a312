import { decodeMuLaw } from './mulaw.ts';
import { bytesOf, joinBytes, samplesOf, samplesOfFloats } from './pcm.ts';

/** A recording: channels of equal length, 16-bit samples. */
export interface Wav {
  readonly sampleRateHertz: number;
  readonly channels: readonly Int16Array[];
}

/** The bytes are not a WAV file we can read; the message says what about them. */
export class WavError extends Error {
  override readonly name = 'WavError';
}

const PCM = 1;
const FLOAT = 3;
const MU_LAW = 7;
/** The true encoding is the first two bytes of the sub-format, 24 bytes into the chunk. */
const EXTENSIBLE = 0xfffe;

/** A PCM16 RIFF file. */
export function writeWav({ sampleRateHertz, channels }: Wav): Uint8Array {
  const data = bytesOf(interleave(channels));
  const header = new DataView(new ArrayBuffer(44));
  writeText(header, 0, 'RIFF');
  header.setUint32(4, 36 + data.length, true);
  writeText(header, 8, 'WAVEfmt ');
  header.setUint32(16, 16, true);
  header.setUint16(20, PCM, true);
  header.setUint16(22, channels.length, true);
  header.setUint32(24, sampleRateHertz, true);
  header.setUint32(28, sampleRateHertz * channels.length * 2, true);
  header.setUint16(32, channels.length * 2, true);
  header.setUint16(34, 16, true);
  writeText(header, 36, 'data');
  header.setUint32(40, data.length, true);
  return joinBytes([new Uint8Array(header.buffer), data]);
}

/** PCM of 8 or 16 bits, 32-bit float and µ-law, any number of channels. Throws a WavError on anything else. */
export function readWav(bytes: Uint8Array): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || textAt(view, 0) !== 'RIFF' || textAt(view, 8) !== 'WAVE') {
    throw new WavError('This is not a WAV file: it does not start with RIFF and WAVE.');
  }
  const chunks = chunksOf(view);
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || format.byteLength < 16) throw new WavError('The WAV file has no format chunk.');
  if (!data) throw new WavError('The WAV file has no data chunk.');
  const samples = decoded(format, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { sampleRateHertz: format.getUint32(4, true), channels: separate(samples, format.getUint16(2, true)) };
}

/** All channels in one: their average. */
export function mono({ channels }: Wav): Int16Array {
  const [first, ...others] = channels;
  if (!first) return new Int16Array(0);
  if (others.length === 0) return first;
  return first.map((_, i) =>
    Math.round(channels.reduce((sum, channel) => sum + (channel[i] ?? 0), 0) / channels.length),
  );
}

function chunksOf(view: DataView): Map<string, DataView> {
  const chunks = new Map<string, DataView>();
  for (let at = 12; at + 8 <= view.byteLength; ) {
    // A recorder that was cut off, or that streams, writes a length beyond the end: the rest is the chunk.
    const length = Math.min(view.getUint32(at + 4, true), view.byteLength - at - 8);
    chunks.set(textAt(view, at), new DataView(view.buffer, view.byteOffset + at + 8, length));
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function decoded(format: DataView, data: Uint8Array): Int16Array {
  const declared = format.getUint16(0, true);
  const encoding = declared === EXTENSIBLE && format.byteLength >= 26 ? format.getUint16(24, true) : declared;
  const bits = format.getUint16(14, true);
  if (encoding === PCM && bits === 16) return samplesOf(data);
  if (encoding === PCM && bits === 8) return Int16Array.from(data, (value) => (value - 128) << 8);
  if (encoding === MU_LAW && bits === 8) return decodeMuLaw(data);
  if (encoding === FLOAT && bits === 32)
    return samplesOfFloats(new Float32Array(data.slice(0, data.length & ~3).buffer));
  throw new WavError(`WAV encoding ${encoding} with ${bits} bits is not read: use 16-bit PCM.`);
}

function separate(samples: Int16Array, count: number): Int16Array[] {
  if (count === 0) throw new WavError('The WAV file has no channels.');
  const length = Math.floor(samples.length / count);
  return Array.from({ length: count }, (_, channel) =>
    Int16Array.from({ length }, (_unused, i) => samples[i * count + channel] as number),
  );
}

function interleave(channels: readonly Int16Array[]): Int16Array {
  const length = channels[0]?.length ?? 0;
  if (channels.length === 0 || channels.some((channel) => channel.length !== length)) {
    throw new RangeError('A WAV file needs channels, and all of the same length.');
  }
  const joined = new Int16Array(length * channels.length);
  channels.forEach((channel, offset) => {
    for (let i = 0; i < length; i++) joined[i * channels.length + offset] = channel[i] as number;
  });
  return joined;
}

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

function writeText(view: DataView, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
}
