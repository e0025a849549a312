/** How samples are written: PCM is 16 bits signed little-endian, µ-law 8 bits (ITU-T G.711); always one channel. */
export interface AudioFormat {
  readonly encoding: 'pcm16' | 'mulaw';
  readonly sampleRateHertz: number;
}

/** Bytes of one millisecond of a format. */
export const bytesPerMs = ({ encoding, sampleRateHertz }: AudioFormat): number =>
  (sampleRateHertz / 1000) * (encoding === 'pcm16' ? 2 : 1);

/** Playing time of so many bytes. */
export const durationMs = (bytes: number, format: AudioFormat): number => bytes / bytesPerMs(format);

/** Silence of a format: zeros for PCM, 0xFF for µ-law. */
export const silence = (ms: number, format: AudioFormat): Uint8Array =>
  new Uint8Array(Math.round(ms * (format.sampleRateHertz / 1000)) * (format.encoding === 'pcm16' ? 2 : 1)).fill(
    format.encoding === 'mulaw' ? 0xff : 0,
  );
