import { setTimeout as sleep } from 'node:timers/promises';
import { floatsOf, samplesOf, samplesOfFloats } from '../../audio/pcm.ts';
import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { base64FromBytes, bytesFromBase64 } from '../../web/voice/base64.ts';
import type { Credential } from '../../web/voice/connection.ts';
import { type JitterBuffer, jitterBuffer } from '../../web/voice/jitter-buffer.ts';
import { sessionClient } from '../../web/voice/session-client.ts';
import { isOver, type Route, type SessionState } from '../../web/voice/session-machine.ts';
import { askingMachine, FRAME_MS, type Question } from './asking-machine.ts';

/** Rates of the protocol's audio both ways. */
export const INPUT_HERTZ = 16_000;
export const OUTPUT_HERTZ = 24_000;
const REPORT_EVERY_MS = 1_000;

type Dispatch = ReturnType<typeof sessionClient>['dispatch'];

export interface TalkCall {
  readonly credential: Credential;
  readonly route: Route;
  readonly question: Question;
  /** Everything but the sound, as it comes. */
  readonly heard: (message: ServerMessage) => void;
  readonly signal: AbortSignal;
}

export interface FinishedTalk {
  /** What a caller heard from the connection to the end, silence too; PCM16 at 24 kHz. */
  readonly recording: Int16Array;
  readonly state: SessionState;
  readonly hasAnswer: boolean;
  /** From the last word of the question to the first of the answer, where there was one. */
  readonly latencyMs: number | undefined;
}

/** Calls as a browser does, asks one question and stays until it was answered. Rejects with the signal's reason. */
export async function talkOnce({ credential, route, question, heard, signal }: TalkCall): Promise<FinishedTalk> {
  const loudspeaker = jitterBuffer({ sampleRateHertz: OUTPUT_HERTZ });
  const asking = askingMachine(question);
  const tape: Int16Array[] = [];
  const session = sessionClient(credential, {
    changed: () => undefined,
    heard: (message) => {
      asking.hear(message, performance.now());
      heard(message);
    },
    play: ({ epoch, turn, seq, audio }) => {
      asking.hearSound(turn, performance.now());
      loudspeaker.push({ epoch, turn, seq, samples: floatsOf(samplesOf(bytesFromBase64(audio))) });
    },
    flush: () => session.dispatch({ type: 'played', ...loudspeaker.flush() }),
    rest: () => undefined,
  });
  const report = playbackReports(session.dispatch, loudspeaker);
  session.dispatch({ type: 'start', route });
  try {
    await untilOver(async (nowMs) => {
      tape.push(playedFrame(loudspeaker));
      const state = session.state();
      report(nowMs);
      for (const act of asking.tick({ nowMs, phase: state.phase, isPlaying: loudspeaker.bufferedMs() > 0 })) {
        if (act.type === 'say') session.dispatch({ type: 'audio', audio: base64FromBytes(act.pcm) });
        else session.dispatch(act);
      }
      return isOver(state.phase);
    }, signal);
  } finally {
    session.dispatch({ type: 'end' });
    // Whoever hangs up in the middle (Ctrl+C) lets the other side know; it gives up by itself after three seconds.
    while (!isOver(session.state().phase)) await sleep(FRAME_MS);
  }
  return {
    recording: joined(tape),
    state: session.state(),
    hasAnswer: asking.hasAnswer(),
    latencyMs: asking.latencyMs(),
  };
}

/** A frame each 40 ms by the clock, not by the timer: what a late timer left undone is made up for. */
async function untilOver(frame: (nowMs: number) => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  for (let count = 1; !(await frame(performance.now())); count += 1) {
    await sleep(Math.max(0, startMs + count * FRAME_MS - performance.now()), undefined, { signal });
  }
}

const playedFrame = (loudspeaker: JitterBuffer): Int16Array => {
  const block = new Float32Array((OUTPUT_HERTZ * FRAME_MS) / 1_000);
  loudspeaker.pull(block);
  return samplesOfFloats(block);
};

/**
 * Each second while something plays, and once when all was played: the other side reckons by it what was heard of an
 * answer, be it cut off or complete.
 */
function playbackReports(dispatch: Dispatch, loudspeaker: JitterBuffer): (nowMs: number) => void {
  let reportedMs = 0;
  let wasPlaying = false;
  return (nowMs) => {
    const isPlaying = loudspeaker.bufferedMs() > 0;
    const isDue = isPlaying ? nowMs - reportedMs >= REPORT_EVERY_MS : wasPlaying;
    wasPlaying = isPlaying;
    if (!isDue) return;
    reportedMs = nowMs;
    dispatch({ type: 'played', ...loudspeaker.position() });
  };
}

function joined(frames: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  return all;
}
