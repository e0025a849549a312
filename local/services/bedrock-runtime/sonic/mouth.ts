import type { CloudClock } from '../../../core/service.ts';
import type { Speech } from '../../../speech/speech.ts';
import { sentencesOf } from '../engine/words.ts';
import type { SampleRateHertz } from './input-events.ts';
import type { AudioOutput, Output, StopReason } from './output.ts';
import type { Usage } from './usage.ts';

/** One answer, and how much of it the caller heard. */
export interface Reply {
  readonly text: string;
  /** The words said so far; all of them unless the caller cut in. */
  readonly heard: () => string;
}

/** Says replies, one after the other, faster than they are played. */
export interface Mouth {
  /** Resolves when the reply is produced, or interrupted. It may still be playing then. */
  readonly speak: (text: string) => { readonly reply: Reply; readonly produced: Promise<void> };
  /** Falls silent, and tells what had been said; false when nothing was being said. */
  readonly interrupt: () => boolean;
  /** Falls silent without a word. */
  readonly close: () => void;
}

export interface MouthDependencies {
  readonly speech: Pick<Speech, 'speak'>;
  readonly clock: CloudClock;
  readonly output: Output;
  readonly usage: Usage;
  readonly voice: string;
  readonly sampleRateHertz: SampleRateHertz;
  /** How many times faster than it is played audio is sent. */
  readonly pace: number;
}

interface Sentence {
  readonly reply: Spoken;
  readonly text: string;
  readonly isLast: boolean;
  /** By estimate: the caller plays what he gets at once, one thing after the other. Epoch milliseconds. */
  readonly startMs: number;
  durationMs: number;
}

interface Spoken extends Reply {
  readonly said: string[];
  isCut: boolean;
}

/** Length of an `audioOutput`, in milliseconds. */
const PIECE_MS = 80;
const INTERRUPTED = '{ "interrupted" : true }';

/** Without marks of citations, which are for the eye. */
const spokenForm = (text: string): string => text.replaceAll(/\s?\[\d+(?:, ?\d+)*\]/g, '').trim();

/** The words of a sentence that have been heard when so much of it has been played. */
function wordsHeard(text: string, share: number): string {
  const words = text.split(/\s+/);
  return words.slice(0, Math.floor(words.length * Math.max(0, Math.min(1, share)))).join(' ');
}

/** Sentences of which something was heard, with those words, and whether these are all. */
const heardOf = (sentences: readonly Sentence[], nowMs: number): (readonly [Sentence, string, boolean])[] =>
  sentences
    .map((sentence) => [sentence, wordsHeard(sentence.text, (nowMs - sentence.startMs) / sentence.durationMs)] as const)
    .filter(([, words]) => words !== '')
    .map(([sentence, words]) => [sentence, words, words === sentence.text] as const);

function newReply(text: string): Spoken {
  const reply: Spoken = {
    text,
    said: [],
    isCut: false,
    heard: () => (reply.isCut ? reply.said.join(' ') : text),
  };
  return reply;
}

export function makeMouth(dependencies: MouthDependencies): Mouth {
  const { clock, output } = dependencies;
  let cut = new AbortController();
  /** Sentences whose FINAL text is still to come. */
  let playing: Sentence[] = [];
  let playedUntilMs = 0;
  let producing: { readonly reply: Spoken; audio?: AudioOutput } | undefined;
  let telling: Promise<void> = Promise.resolve();

  const heard = (sentence: Sentence, text: string, stop: StopReason): void => {
    sentence.reply.said.push(text);
    output.text('ASSISTANT', 'FINAL', text, stop);
  };
  const tellWhenPlayed = async (sentence: Sentence, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return;
    const untilMs = sentence.startMs + sentence.durationMs;
    if (untilMs > clock.now()) await clock.sleep(untilMs - clock.now(), signal).catch(() => {});
    if (signal.aborted) return;
    playing = playing.filter((other) => other !== sentence);
    heard(sentence, sentence.text, sentence.isLast ? 'END_TURN' : 'PARTIAL_TURN');
  };

  const produce = async (reply: Spoken, signal: AbortSignal): Promise<void> => {
    const current: NonNullable<typeof producing> = { reply };
    producing = current;
    const pacer = makePacer(clock, dependencies.pace, signal);
    const texts = sentencesOf(spokenForm(reply.text));
    for (const [index, text] of texts.entries()) {
      if (signal.aborted) return;
      const isLast = index === texts.length - 1;
      const startMs = Math.max(playedUntilMs, clock.now());
      const sentence: Sentence = { reply, text, isLast, startMs, durationMs: 0 };
      output.text('ASSISTANT', 'SPECULATIVE', text, 'PARTIAL_TURN');
      dependencies.usage.text('output', text);
      current.audio = output.audio(dependencies.sampleRateHertz);
      playing.push(sentence);
      for await (const [pcm, durationMs] of piecesOf(dependencies, text, signal)) {
        await pacer(durationMs);
        if (signal.aborted) return;
        current.audio.chunk(pcm);
        dependencies.usage.speech('output', durationMs);
        sentence.durationMs += durationMs;
        playedUntilMs = sentence.startMs + sentence.durationMs;
      }
      if (signal.aborted) return;
      current.audio.end(isLast ? 'END_TURN' : 'PARTIAL_TURN');
      dependencies.usage.report();
      telling = telling.then(() => tellWhenPlayed(sentence, signal));
    }
  };

  const silence = (): void => {
    cut.abort();
    cut = new AbortController();
    playing = [];
    playedUntilMs = clock.now();
    producing = undefined;
  };

  return {
    speak: (text) => {
      const reply = newReply(text);
      const { signal } = cut;
      const produced = produce(reply, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        })
        .finally(() => {
          if (producing?.reply === reply) producing = undefined;
        });
      return { reply, produced };
    },
    interrupt: () => {
      const nowMs = clock.now();
      if (!producing && nowMs >= playedUntilMs) return false;
      producing?.audio?.end('END_TURN');
      for (const reply of [producing?.reply, ...playing.map((sentence) => sentence.reply)])
        if (reply) reply.isCut = true;
      const cutOff = playing;
      silence();
      for (const [sentence, words, isWhole] of heardOf(cutOff, nowMs)) {
        heard(sentence, words, isWhole ? 'PARTIAL_TURN' : 'INTERRUPTED');
      }
      output.text('ASSISTANT', 'FINAL', INTERRUPTED, 'INTERRUPTED');
      dependencies.usage.report();
      return true;
    },
    close: silence,
  };
}

/** Waits before each piece until it is due: the audio before it takes its length divided by `pace`. */
function makePacer(clock: CloudClock, pace: number, signal: AbortSignal): (durationMs: number) => Promise<void> {
  const startMs = clock.now();
  let sentMs = 0;
  return async (durationMs) => {
    const dueMs = startMs + sentMs / pace;
    sentMs += durationMs;
    if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now(), signal).catch(() => {});
  };
}

/** The speech of a sentence in pieces of even length, each with its duration in milliseconds. */
async function* piecesOf(
  { speech, voice, sampleRateHertz }: MouthDependencies,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<readonly [Uint8Array, number]> {
  const bytesPerMs = (sampleRateHertz * 2) / 1000;
  const pieceBytes = PIECE_MS * bytesPerMs;
  let rest: Buffer = Buffer.alloc(0);
  for await (const pcm of speech.speak(text, { voice, sampleRateHertz, signal })) {
    rest = Buffer.concat([rest, pcm]);
    for (; rest.length >= pieceBytes; rest = rest.subarray(pieceBytes)) yield [rest.subarray(0, pieceBytes), PIECE_MS];
  }
  if (rest.length > 0) yield [rest, rest.length / bytesPerMs];
}
