import { type Converter, converter } from '../../../audio/convert.ts';
import { type AudioFormat, durationMs, silence } from '../../../audio/format.ts';
import type { EngineStream } from '../engines/speech-engine.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import { createVoiceActivity, type SpeechChange } from './voice-activity.ts';

/** Longest stretch of silence sent at once: after a pause of the process it does not have to be made up for whole. */
const MAX_SILENCE_MS = 1000;
/** Nobody falls silent in the middle of a sound: for so long its next frame is taken to be late, not left out. */
const STALL_MS = 900;

interface Ear {
  readonly stream: EngineStream;
  readonly format: AudioFormat;
  readonly keepAliveMs: number | undefined;
  readonly converter: Converter;
}

/**
 * The caller's audio on its way to the talking stream. It passes by the machine: a frame is kept for a possible replay,
 * looked at for speech, converted and sent, in a few microseconds.
 */
export interface CallerAudio {
  /** `seq`: the client's number of the frame, where there is one. */
  readonly push: (audio: Uint8Array, nowMs: number, seq?: number) => void;
  /** From now on this stream hears the caller; first what he said since `replayFromMs`. */
  readonly use: (ear: Omit<Ear, 'converter'>, replayFromMs: number | undefined, nowMs: number) => void;
  /** No stream hears the caller for now; his audio is kept. */
  readonly mute: () => void;
  /** Sends silence where the caller sends nothing, so that the stream's time goes on and it stays alive. */
  readonly tick: (nowMs: number) => void;
  /** Number of the last frame that came up to then; undefined when none did, as far as is known. */
  readonly lastSeq: (untilMs: number) => number | undefined;
}

export function createCallerAudio(input: AudioFormat, onSpeech: (change: SpeechChange) => void): CallerAudio {
  const activity = createVoiceActivity(input);
  const kept = createRing(SESSION_LIMITS.replayLongestMs);
  let ear: Ear | undefined;
  let fedUntilMs = 0;
  let isSounding = false;

  const notice = (change: SpeechChange | undefined): void => {
    if (change) onSpeech(change);
  };
  const hear = (to: Ear, audio: Uint8Array): void => {
    const converted = to.converter.convert(audio);
    if (converted.length > 0) to.stream.send({ type: 'audio', audio: converted });
  };

  return {
    push(audio, nowMs, seq) {
      kept.push({ audio, atMs: nowMs, seq });
      notice(activity.push(audio, nowMs));
      isSounding = activity.isVoiced();
      if (!ear) return;
      hear(ear, audio);
      fedUntilMs = Math.max(fedUntilMs, nowMs);
    },
    use(next, replayFromMs, nowMs) {
      const to = { ...next, converter: converter(input, next.format) };
      ear = to;
      fedUntilMs = nowMs;
      if (replayFromMs === undefined) return;
      kept.since(
        replayFromMs,
        (audio, gapMs) => {
          if (gapMs > 0) hear(to, silence(Math.min(gapMs, MAX_SILENCE_MS), input));
          hear(to, audio);
        },
        (audio) => durationMs(audio.length, input),
      );
    },
    mute() {
      ear = undefined;
    },
    tick(nowMs) {
      notice(activity.tick(nowMs));
      if (ear?.keepAliveMs === undefined) return;
      const quietMs = nowMs - fedUntilMs;
      if (quietMs < Math.max(ear.keepAliveMs, isSounding ? STALL_MS : 0)) return;
      isSounding = false;
      ear.stream.send({ type: 'audio', audio: silence(Math.min(quietMs, MAX_SILENCE_MS), ear.format) });
      fedUntilMs = nowMs;
    },
    lastSeq: kept.lastSeq,
  };
}

interface Chunk {
  readonly audio: Uint8Array;
  readonly atMs: number;
  readonly seq: number | undefined;
}

/** The last seconds of audio, in a ring of chunks. */
function createRing(keepMs: number) {
  let chunks: Chunk[] = [];
  let head = 0;
  return {
    push(chunk: Chunk): void {
      const { atMs } = chunk;
      chunks.push(chunk);
      while ((chunks[head]?.atMs ?? atMs) < atMs - keepMs) head++;
      // Moved down only now and then, so that a frame costs no copying.
      if (head > 1024) {
        // One more than is kept: the last that is too old still tells its number.
        chunks = chunks.slice(head - 1);
        head = 1;
      }
    },
    lastSeq: (untilMs: number): number | undefined => chunks.findLast(({ atMs }) => atMs <= untilMs)?.seq,
    /** Every chunk since then with the silence that was left out before it. */
    since(
      fromMs: number,
      each: (audio: Uint8Array, gapMs: number) => void,
      lengthMs: (audio: Uint8Array) => number,
    ): void {
      let endMs: number | undefined;
      for (let i = head; i < chunks.length; i++) {
        const chunk = chunks[i];
        if (!chunk || chunk.atMs < fromMs) continue;
        const ms = lengthMs(chunk.audio);
        const gapMs = endMs === undefined ? 0 : chunk.atMs - ms - endMs;
        each(chunk.audio, gapMs > ms ? Math.round(gapMs) : 0);
        endMs = chunk.atMs;
      }
    },
  };
}
