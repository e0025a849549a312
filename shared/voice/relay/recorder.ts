import { converter } from '../../../audio/convert.ts';
import { type AudioFormat, bytesPerMs } from '../../../audio/format.ts';
import { samplesOf } from '../../../audio/pcm.ts';
import { writeWav } from '../../../audio/wav.ts';
import type { Call } from '../../calls/call.ts';
import { recordingKey } from '../../calls/recordings.ts';
import type { CallBriefing } from '../keeper/call-keeper.ts';
import type { Recorder } from '../session/session-ports.ts';
import { recordingTags } from './recording-retention.ts';

/** Where recordings are put. */
export interface RecordingStore {
  /** Notes that this part (the owner's epoch) is stored: who reads the call shows it. */
  readonly note: (call: Pick<Call, 'userId' | 'callId'>, part: number) => Promise<void>;
  readonly write: (key: string, wav: Uint8Array, tags: Readonly<Record<string, string>>) => Promise<void>;
}

export interface RecordingOptions {
  readonly briefing: Pick<CallBriefing, 'callId' | 'userId' | 'agentId' | 'settings'>;
  readonly epoch: number;
  readonly caller: AudioFormat;
  readonly agent: AudioFormat;
  readonly nowMs: number;
}

/** Speech recognition needs no more, and a quarter of an hour of both directions then fits into 58 MB. */
const SAMPLE_RATE_HERTZ = 16_000;
const FORMAT: AudioFormat = { encoding: 'pcm16', sampleRateHertz: SAMPLE_RATE_HERTZ };

/**
 * Records what one owner hears and says: the caller left, the agent right, each sound where it was heard. Kept in
 * memory, written once at the end. Each owner of a call writes its own file: `{callId}.wav`, `{callId}.2.wav`, ….
 */
export const wavRecorder = (store: RecordingStore, options: RecordingOptions): Recorder => {
  const caller = track(options.caller, options.nowMs);
  const agent = track(options.agent, options.nowMs);
  return {
    caller: caller.add,
    agent: agent.add,
    cut: agent.cut,
    close: async () => {
      const channels = [caller.samples(), agent.samples()];
      const length = Math.max(...channels.map((channel) => channel.length));
      if (length === 0) return;
      const { briefing, epoch } = options;
      const wav = writeWav({ sampleRateHertz: SAMPLE_RATE_HERTZ, channels: channels.map(padded(length)) });
      await store.write(recordingKey(briefing, epoch), wav, recordingTags(briefing, briefing.settings));
      await store.note({ userId: briefing.userId, callId: briefing.callId as Call['callId'] }, epoch);
    },
  };
};

const padded =
  (length: number) =>
  (samples: Int16Array): Int16Array => {
    const whole = new Int16Array(length);
    whole.set(samples);
    return whole;
  };

/** One direction on a common timeline: sound that comes early waits for the sound before it to end. */
const track = (format: AudioFormat, startMs: number) => {
  const { convert } = converter(format, FORMAT);
  const pieces: { readonly at: number; samples: Int16Array }[] = [];
  let end = 0;
  const sampleAt = (atMs: number): number => Math.max(0, Math.round(((atMs - startMs) * SAMPLE_RATE_HERTZ) / 1000));
  return {
    add: (audio: Uint8Array, atMs: number): void => {
      const samples = samplesOf(convert(audio));
      const due = Math.max(end, sampleAt(atMs));
      const at = end > 0 && due - end < samplesOfMs(JITTER_MS) ? end : due;
      pieces.push({ at, samples });
      end = at + samples.length;
    },
    /** Forgets what would have been heard after this time. */
    cut: (atMs: number): void => {
      const last = sampleAt(atMs);
      while ((pieces.at(-1)?.at ?? -1) >= last) pieces.pop();
      const piece = pieces.at(-1);
      if (piece !== undefined) piece.samples = piece.samples.subarray(0, Math.max(0, last - piece.at));
      end = piece === undefined ? 0 : piece.at + piece.samples.length;
    },
    samples: (): Int16Array => {
      const all = new Int16Array(end);
      for (const { at, samples } of pieces) all.set(samples, at);
      return all;
    },
  };
};

/** Frames of one utterance that come a little late belong right after each other. */
const JITTER_MS = 100;
const samplesOfMs = (ms: number): number => (bytesPerMs(FORMAT) / 2) * ms;
