import type { AudioStream, TranscriptResultStream } from '@aws-sdk/client-transcribe-streaming';
import { durationMs, silence } from '../../../audio/format.ts';
import { asyncQueue } from '../../core/async-queue.ts';
import { AwsError, type CloudClock } from '../../core/service.ts';
import type { EarEvent, Speech } from '../../speech/speech.ts';
import { resultOf, type Stability } from './results.ts';

export interface StreamDependencies {
  readonly speech: Speech;
  readonly clock: CloudClock;
  readonly newId: () => string;
}

export interface StreamSettings {
  readonly sampleRateHertz: 8000 | 16_000;
  readonly stability?: Stability | undefined;
}

/** Transcribe ends a stream that brings no audio for so long (Transcribe developer guide, "Streaming", read 2026-11). */
const MAX_IDLE_MS = 15_000;
/** A pause of so much ends a result: ours, as Transcribe publishes none. */
const END_OF_RESULT_MS = 700;
/** After the last audio: how long the ear may take to notice speech in it. */
const LISTENING_MS = 1000;
const OUTPUT_LIMIT = 10_000;

export const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message, 400);

/** What has been said in a stream and is not final yet. */
interface Utterance {
  readonly resultId: string;
  readonly startMs: number;
}

/** Transcribes one stream until its audio ends; `over` resolves when nothing of it is left. */
export function transcribeStream(
  { speech, clock, newId }: StreamDependencies,
  { sampleRateHertz, stability }: StreamSettings,
  input: AsyncIterable<AudioStream>,
) {
  const format = { encoding: 'pcm16', sampleRateHertz } as const;
  const ended = new AbortController();
  const queue = asyncQueue<TranscriptResultStream>(OUTPUT_LIMIT, () => badRequest('The results are not read.'));
  const ear = speech.openEar({ sampleRateHertz, endOfTurnMs: END_OF_RESULT_MS });
  let utterance: Utterance | undefined;
  let heardMs = 0;
  let lastAudioMs = clock.now();
  let settled: (() => void) | undefined;

  const close = (error?: Error): void => {
    if (ended.signal.aborted) return;
    ended.abort();
    ear.close();
    queue.end(error);
  };
  const tell = (text: string, startMs: number, endMs: number, isPartial: boolean): void => {
    if (text === '') return;
    const resultId = utterance?.resultId ?? newId();
    const Results = [resultOf({ resultId, text, startMs, endMs, isPartial, stability })];
    queue.push({ TranscriptEvent: { Transcript: { Results } } });
  };
  const on = (event: EarEvent): void => {
    if (event.type === 'speech-started') utterance = { resultId: newId(), startMs: event.atMs };
    else if (event.type === 'partial') tell(event.text, utterance?.startMs ?? 0, heardMs, true);
    else {
      tell(event.text, event.startMs, event.endMs, false);
      utterance = undefined;
      settled?.();
    }
  };
  const listen = async (): Promise<void> => {
    for await (const event of ear.events) on(event);
    settled?.();
  };
  const read = async (): Promise<void> => {
    for await (const { AudioEvent } of input) {
      if (ended.signal.aborted) return;
      const pcm = AudioEvent?.AudioChunk;
      // An empty chunk says that the audio is over.
      if (pcm === undefined || pcm.length === 0) break;
      lastAudioMs = clock.now();
      heardMs += durationMs(pcm.length, format);
      ear.accept(pcm);
    }
    await hearOut();
    close();
  };
  /** What is being said when the audio ends is a result too. */
  const hearOut = async (): Promise<void> => {
    ear.accept(silence(END_OF_RESULT_MS * 2, format));
    if (!utterance) await clock.sleep(LISTENING_MS, ended.signal);
    if (utterance) await new Promise<void>((resolve) => (settled = resolve));
  };
  const watchIdling = async (): Promise<void> => {
    for (;;) {
      const leftMs = lastAudioMs + MAX_IDLE_MS - clock.now();
      if (leftMs <= 0) break;
      await clock.sleep(leftMs, ended.signal);
    }
    close(badRequest('Your request timed out because no new audio was received for 15 seconds.'));
  };
  const over = new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve(), { once: true }));
  const failed = (error: unknown): void => close(error instanceof Error ? error : new Error(String(error)));
  void listen().catch(failed);
  void read().catch(failed);
  void watchIdling().catch(() => {});
  return { events: queue.items, over };
}
