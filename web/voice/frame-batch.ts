/** Joins short frames to those that are sent; a message costs the same whatever it holds. */
export interface FrameBatch {
  /** A full frame, when the samples make one. */
  readonly push: (samples: Int16Array) => readonly Int16Array[];
  /** The rest, filled up with silence to the shortest frame the protocol takes. */
  readonly rest: () => Int16Array | undefined;
}

export function frameBatch(options: { readonly frameSamples: number; readonly minSamples: number }): FrameBatch {
  let pending = new Int16Array(0);
  return {
    push: (samples) => {
      const all = new Int16Array(pending.length + samples.length);
      all.set(pending);
      all.set(samples, pending.length);
      const whole = Math.floor(all.length / options.frameSamples);
      pending = all.slice(whole * options.frameSamples);
      return Array.from({ length: whole }, (_, index) =>
        all.slice(index * options.frameSamples, (index + 1) * options.frameSamples),
      );
    },
    rest: () => {
      if (pending.length === 0) return undefined;
      const frame = new Int16Array(Math.max(options.minSamples, pending.length));
      frame.set(pending);
      pending = new Int16Array(0);
      return frame;
    },
  };
}
