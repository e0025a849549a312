import { type AudioFormat, durationMs } from '../../../../audio/format.ts';
import { createEventQueue } from '../event-queue.ts';
import { type Endpointing, EngineError } from '../speech-engine.ts';
import type { Hearing, HearingEvent, SpeechToText } from './ports.ts';
import { createSpeechGate } from './speech-gate.ts';

/** Utterances that may wait for the service; a caller has not said more before somebody answers. */
const MAX_WAITING = 4;
const MAX_UNREAD_EVENTS = 10_000;

/** One utterance to be written down. */
export interface Utterance {
  /** A WAV file. */
  readonly file: Blob;
  readonly language: string;
  readonly signal: AbortSignal;
}

/** A WAV file (RIFF, PCM, one channel). */
const wavFile = (audio: Uint8Array, { sampleRateHertz }: AudioFormat): Uint8Array<ArrayBuffer> => {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + audio.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHertz, 24);
  header.writeUInt32LE(sampleRateHertz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(audio.length, 40);
  return Uint8Array.from(Buffer.concat([header, audio]));
};

interface Job {
  readonly transcribe: (utterance: Utterance) => Promise<string>;
  readonly format: AudioFormat;
  readonly language: string;
  readonly signal: AbortSignal;
}

/** What came of one utterance. */
const outcome = async (job: Job, audio: Uint8Array): Promise<readonly HearingEvent[]> => {
  try {
    const { transcribe, format, language, signal } = job;
    const file = new Blob([wavFile(audio, format)], { type: 'audio/wav' });
    const text = await transcribe({ file, language, signal });
    return [
      { type: 'billed', seconds: durationMs(audio.length, job.format) / 1000 },
      { type: 'final', text },
    ];
  } catch (error) {
    const failure = error instanceof EngineError ? error : new EngineError('unavailable', String(error));
    // Without a key nothing will ever be heard; anything else may pass.
    if (failure.kind === 'denied') throw failure;
    return [{ type: 'failed', error: failure }];
  }
};

const listening = (job: Job, endpointing: Endpointing): Hearing => {
  const gate = createSpeechGate(job.format, endpointing);
  const waiting: Uint8Array[] = [];
  const events = createEventQueue<HearingEvent>(
    MAX_UNREAD_EVENTS,
    () => new EngineError('unavailable', 'Nobody reads what was heard.'),
  );
  let isWorking = false;
  let dropped = 0;
  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    try {
      for (let audio = waiting.shift(); audio && !job.signal.aborted; audio = waiting.shift()) {
        for (const event of await outcome(job, audio)) events.push(event);
      }
    } catch (error) {
      events.end(error instanceof Error ? error : undefined);
    }
    isWorking = false;
  };
  job.signal.addEventListener('abort', () => events.end(), { once: true });
  return {
    push: (audio) => {
      for (const event of gate.push(audio)) {
        if (event.type === 'started') events.push({ type: 'speech-started' });
        else waiting.push(event.audio);
      }
      while (waiting.length > MAX_WAITING) {
        waiting.shift();
        dropped += 1;
      }
      void work();
    },
    events: events.items,
    droppedFrames: () => dropped,
    close: () => events.end(),
  };
};

/** Rates that recognisers of whole utterances take; the best first. */
const RATES_HERTZ = [16_000, 24_000, 8000];

/** Ears of a service that writes down whole files: utterances are cut by our own gate and transcribed one after the other. */
export const utteranceEars = (transcribe: Job['transcribe']): SpeechToText => ({
  formats: RATES_HERTZ.map((sampleRateHertz) => ({ encoding: 'pcm16', sampleRateHertz })),
  open: ({ format, language, endpointing }, signal) =>
    Promise.resolve(listening({ transcribe, format, language, signal }, endpointing)),
});
