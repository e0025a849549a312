/** Samples of little-endian PCM16; an odd last byte is not a sample and is left out. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  for (let i = 0, at = 0; i < samples.length; i++, at += 2) {
    samples[i] = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  }
  return samples;
}

/** PCM16 little-endian, whatever the machine's own byte order. */
export function bytesOf(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  for (let i = 0, at = 0; i < samples.length; i++, at += 2) {
    const sample = samples[i] as number;
    bytes[at] = sample & 0xff;
    bytes[at + 1] = (sample >> 8) & 0xff;
  }
  return bytes;
}

/** Full scale becomes [-1, 1). */
export function floatsOf(samples: Int16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) floats[i] = (samples[i] as number) / 32_768;
  return floats;
}

/** Rounded to the nearest step; what is louder than full scale is cut off at it, never wrapped around. */
export function samplesOfFloats(floats: Float32Array): Int16Array {
  const samples = new Int16Array(floats.length);
  for (let i = 0; i < floats.length; i++) samples[i] = clampToInt16((floats[i] as number) * 32_768);
  return samples;
}

/** The nearest 16-bit sample. */
export function clampToInt16(value: number): number {
  return value >= 32_767 ? 32_767 : value <= -32_768 ? -32_768 : Math.round(value);
}

/** One array of all. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
