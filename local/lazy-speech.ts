import type { Speech } from './speech/speech.ts';

export interface LazySpeech {
  /** Made at the first call; made anew after a failure. */
  readonly get: () => Promise<Speech>;
  /** Closes it, if it was ever made. */
  readonly close: () => Promise<void>;
}

/** Ears and mouth are made when somebody first speaks: their models are large, and most clouds never do. */
export function lazySpeech(make: () => Promise<Speech>): LazySpeech {
  let made: Promise<Speech> | undefined;
  return {
    get: () => {
      made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
    close: async () => {
      const speech = await made?.catch(() => undefined);
      await speech?.close();
    },
  };
}
