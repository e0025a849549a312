import type { SpeakOptions } from '../speech.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';
import { sentencesOf } from './sentences.ts';
import { spokenText } from './spoken-text.ts';
import { type FliteVoice, fliteVoice } from './voices.ts';

/** A job of the mouth's worker; it answers with PCM16 bytes. */
export interface SpokenSentence {
  readonly text: string;
  readonly voice: FliteVoice;
  readonly sampleRateHertz: number;
}

type Synthesize = WorkerPool<SpokenSentence, Uint8Array>['run'];

/**
 * Speaks sentence by sentence: a chunk of PCM16 each, the next one made while the last is used, never more. Ends when
 * the signal aborts; throws when the synthesizer fails.
 */
export async function* speakBySentence(
  synthesize: Synthesize,
  text: string,
  { voice, sampleRateHertz, signal }: SpeakOptions,
): AsyncGenerator<Uint8Array> {
  const sentences = sentencesOf(spokenText(text));
  const begin = (at: number): Promise<Uint8Array> | undefined => {
    const sentence = sentences[at];
    if (sentence === undefined) return undefined;
    const job = { text: sentence, voice: fliteVoice(voice), sampleRateHertz };
    // Whoever waits for a first sentence hears silence; for the others there is something to hear meanwhile.
    const spoken = synthesize(job, { urgent: at === 0, ...(signal ? { signal } : {}) });
    // Awaited later, or never after an abort.
    spoken.catch(() => undefined);
    return spoken;
  };
  let next = begin(0);
  for (let at = 1; next; at++) {
    const pcm: Uint8Array | undefined = await next.catch((error: unknown) => {
      if (signal?.aborted) return undefined;
      throw error;
    });
    if (pcm === undefined || signal?.aborted) return;
    next = begin(at);
    yield pcm;
  }
}
