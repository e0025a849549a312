import { silence } from '../../audio/format.ts';
import { eventQueue } from './event-queue.ts';
import { sentencesOf } from './mouth/sentences.ts';
import { spokenText } from './mouth/spoken-text.ts';
import type { EarEvent, SpeakOptions, Speech } from './speech.ts';

/** Speaking time of a word: 150 words a minute, the usual rate of a voice prompt. */
const WORD_MS = 400;

/** Ears that hear nothing, and a mouth that keeps silent for as long as the words would take, at `wordMs` each. */
export function textOnlySpeech({ wordMs = WORD_MS }: { readonly wordMs?: number } = {}): Speech {
  return {
    mode: 'text-only',
    openEar() {
      const events = eventQueue<EarEvent>();
      return { accept() {}, events, close: events.end };
    },
    speak: (text, options) => keepSilent(text, wordMs, options),
    close: () => Promise.resolve(),
  };
}

async function* keepSilent(
  text: string,
  wordMs: number,
  { sampleRateHertz, signal }: SpeakOptions,
): AsyncGenerator<Uint8Array> {
  for (const sentence of sentencesOf(spokenText(text))) {
    // A turn of the event loop, as with a real mouth: who aborts between two sentences is heard.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) return;
    yield silence(sentence.split(' ').length * wordMs, { encoding: 'pcm16', sampleRateHertz });
  }
}
