import { bytesPerMs, silence } from '../../audio/format.ts';
import type { ChatModel, Hearing, SpeechToText, TextToSpeech } from '../voice/engines/cascade/ports.ts';
import type { EngineEvent, SpeechEngine } from '../voice/engines/speech-engine.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import { type HeardAudio, heardAudio, speechObstacle } from './heard-audio.ts';
import { ProviderError } from './provider-error.ts';

/** What came of speaking to a provider. */
export interface Heard {
  /** What it was given. */
  readonly said: string;
  /** Its words; of a voice, what came as sound. */
  readonly heard: string;
  readonly audio: HeardAudio | null;
  /** Until the first word or sound. */
  readonly firstMs: number;
  readonly totalMs: number;
}

export interface ProbeWish {
  /** A question, or a text to speak; the probe's own unless given. */
  readonly text?: string | undefined;
  readonly language: string;
  readonly signal: AbortSignal;
}

const QUESTION = 'Answer with one short sentence: what do you do for a living?';
const SENTENCE = 'Good morning, can you hear me?';

/** Times of something under way. */
const stopwatch = (clock: Pick<SessionClock, 'now'>) => {
  const startedAtMs = clock.now();
  let firstMs: number | undefined;
  const sinceMs = (): number => Math.round(clock.now() - startedAtMs);
  return {
    first: () => {
      firstMs ??= sinceMs();
    },
    times: () => ({ firstMs: firstMs ?? sinceMs(), totalMs: sinceMs() }),
  };
};

/** Asks a mind one question. Throws `EngineError`. */
export const probeMind = async (mind: ChatModel, clock: SessionClock, wish: ProbeWish): Promise<Heard> => {
  const { text: said = QUESTION, signal } = wish;
  const watch = stopwatch(clock);
  let heard = '';
  const request = {
    system: 'You are being tested.',
    messages: [{ role: 'user', text: said } as const],
    tools: [],
    signal,
  };
  for await (const event of mind.answer(request)) {
    if (event.type !== 'text') continue;
    watch.first();
    heard += event.text;
  }
  if (signal.aborted) throw tooLate();
  if (heard.trim() === '') throw new ProviderError('misbehaved', 'The model answered without a word.');
  return { said, heard: heard.trim(), audio: null, ...watch.times() };
};

/** Has a mouth say one sentence. Throws `EngineError`. */
export const probeMouth = async (
  mouth: TextToSpeech,
  clock: SessionClock,
  wish: ProbeWish & { readonly voice: string },
): Promise<Heard> => {
  const { text: said = SENTENCE, voice, language, signal } = wish;
  const watch = stopwatch(clock);
  const audio = await spoken(mouth, { text: said, voice, language, signal }, watch.first);
  const [format] = mouth.formats as [TextToSpeech['formats'][number]];
  const obstacle = speechObstacle(audio, format, said);
  if (obstacle !== undefined) throw new ProviderError('misbehaved', obstacle);
  const about = heardAudio(audio, format);
  const heard = `${(about.durationMs / 1000).toFixed(1)} s of speech`;
  return { said, heard, audio: about, ...watch.times() };
};

/** A minute at the dearest rate: a voice without end must not fill the memory. */
const MAX_AUDIO_BYTES = 60 * 48_000 * 2;

const spoken = async (
  mouth: TextToSpeech,
  wish: { readonly text: string; readonly voice: string; readonly language: string; readonly signal: AbortSignal },
  onFirst: () => void,
): Promise<Uint8Array> => {
  const [format] = mouth.formats;
  if (format === undefined) throw new ProviderError('misbehaved', 'The voice has no format.');
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of mouth.speak({ ...wish, format })) {
    onFirst();
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MAX_AUDIO_BYTES) throw new ProviderError('misbehaved', 'The voice speaks without end.');
  }
  if (wish.signal.aborted) throw tooLate();
  return Buffer.concat(pieces);
};

/** As live audio comes. */
const FRAME_MS = 100;
/** Silence after the words, so that ears notice the pause. */
const PAUSE_MS = 2500;

/**
 * Lets ears hear one sentence, spoken by `speaker` at the ears' own rate, as fast as it is spoken. Throws `EngineError`.
 */
export const probeEars = async (
  ears: SpeechToText,
  speaker: (text: string, sampleRateHertz: number, signal: AbortSignal) => Promise<Uint8Array>,
  clock: SessionClock,
  wish: ProbeWish,
): Promise<Heard> => {
  const { text: said = SENTENCE, language, signal } = wish;
  const [format] = ears.formats;
  if (format === undefined) throw new ProviderError('misbehaved', 'The ears have no format.');
  const speech = await speaker(said, format.sampleRateHertz, signal);
  const over = new AbortController();
  const hearing = await ears.open({ format, language, endpointing: 'medium' }, AbortSignal.any([signal, over.signal]));
  const watch = stopwatch(clock);
  try {
    const audio = Buffer.concat([speech, silence(PAUSE_MS, format)]);
    const played = { isOver: false };
    const stop = AbortSignal.any([signal, over.signal]);
    void play(hearing, audio, FRAME_MS * bytesPerMs(format), clock, stop).then(() => {
      played.isOver = true;
    });
    const { heard, hasAnswered } = await words(hearing, watch.first, () => played.isOver);
    if (signal.aborted && !hasAnswered) throw tooLate();
    if (heard === '') throw new ProviderError('misbehaved', 'The ears heard none of the words spoken to them.');
    return { said, heard, audio: heardAudio(speech, format), ...watch.times() };
  } catch (error) {
    throw signal.aborted && !(error instanceof ProviderError && error.fault === 'misbehaved') ? tooLate() : error;
  } finally {
    over.abort();
    hearing.close();
  }
};

const play = async (
  hearing: Hearing,
  audio: Uint8Array,
  frameBytes: number,
  clock: SessionClock,
  signal: AbortSignal,
): Promise<void> => {
  const step = Math.max(2, Math.round(frameBytes / 2) * 2);
  for (let at = 0; at < audio.length && !signal.aborted; at += step) {
    hearing.push(audio.subarray(at, at + step));
    await clock.sleep(FRAME_MS, signal).catch(() => undefined);
  }
};

/**
 * The first words that are final; of ears that hang up before, the last that they were thinking of. `hasAnswered` also
 * when they said that they understood nothing.
 */
const words = async (hearing: Hearing, onFirst: () => void, isAllPlayed: () => boolean) => {
  let [heard, hasAnswered] = ['', false];
  for await (const event of hearing.events) {
    if (event.type === 'failed') throw event.error;
    if (event.type !== 'partial' && event.type !== 'final') continue;
    const said = event.text.trim();
    if (said !== '') onFirst();
    heard = said === '' ? heard : said;
    hasAnswered ||= event.type === 'final';
    if (event.type === 'final' && (said !== '' || isAllPlayed())) break;
  }
  return { heard, hasAnswered };
};

/** Has a speech-to-speech model say one sentence. Throws `EngineError`. */
export const probeSpeech = async (
  engine: SpeechEngine,
  clock: SessionClock,
  wish: ProbeWish & { readonly voice: string; readonly modelId: string },
): Promise<Heard> => {
  const { text: said = SENTENCE, voice, modelId, language, signal } = wish;
  const [input, output] = [engine.inputFormats[0], engine.outputFormats[0]];
  if (input === undefined || output === undefined) throw new ProviderError('misbehaved', 'The model has no format.');
  const watch = stopwatch(clock);
  const settings = { modelId, voice, language, input, output, endpointing: 'medium', history: [], tools: [] } as const;
  const systemPrompt = 'You are being tested. Be brief.';
  const stream = await engine.open({ ...settings, systemPrompt }, signal).catch((error: unknown) => {
    // A stream that is given up while it opens says why it was given up, or that its socket is gone.
    throw signal.aborted ? tooLate() : error;
  });
  try {
    stream.send({ type: 'say', text: said });
    const { heard, audio } = await utterance(stream.events, watch.first);
    if (signal.aborted) throw tooLate();
    if (audio.length === 0) throw new ProviderError('misbehaved', 'The model answered without any sound.');
    return { said, heard, audio: heardAudio(audio, output), ...watch.times() };
  } finally {
    await stream.close().catch(() => undefined);
  }
};

/** What a model says until it has finished. */
const utterance = async (events: AsyncIterable<EngineEvent>, onFirst: () => void) => {
  const pieces: Uint8Array[] = [];
  let [heard, bytes] = ['', 0];
  for await (const event of events) {
    if (event.type === 'audio') {
      onFirst();
      pieces.push(event.audio);
      bytes += event.audio.length;
      if (bytes > MAX_AUDIO_BYTES) throw new ProviderError('misbehaved', 'The model speaks without end.');
    }
    if (event.type === 'agent-text') heard = event.stage === 'final' ? event.text : heard || event.text;
    if (event.type === 'problem') throw event.error;
    if (event.type === 'response-ended') break;
  }
  return { heard: heard.trim(), audio: Buffer.concat(pieces) };
};

const tooLate = (): ProviderError => new ProviderError('timeout', 'The service did not answer in time.');
