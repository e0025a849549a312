import { bytesOf } from '../../audio/pcm.ts';
import { base64FromBytes } from './base64.ts';
import { energyGate, levelDb } from './energy-gate.ts';
import { frameBatch } from './frame-batch.ts';

export interface Microphone {
  readonly mute: (muted: boolean) => void;
  readonly stop: () => void;
}

export interface MicrophoneEvents {
  /** A frame of speech: PCM16 mono at 16 kHz, base64. */
  readonly audio: (base64: string) => void;
  /** Loudness in dB of full scale, and whether it counts as speech; 50 times a second. */
  readonly level: (db: number, isSpeech: boolean) => void;
}

const HERTZ = 16_000;
const CAPTURED_MS = 20;
/** Longer frames cost fewer messages; the caller's words arrive this much later. */
const SENT_MS = 80;
const samplesPer = (ms: number): number => (HERTZ * ms) / 1000;

/**
 * Opens the microphone through an audio context whose `capture` worklet is loaded. Without the browser's echo
 * cancellation the agent would hear, and interrupt, itself.
 * Throws the `DOMException` of `getUserMedia`.
 */
export async function openMicrophone(context: AudioContext, events: MicrophoneEvents): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, 'capture', {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  const gate = energyGate({ frameMs: CAPTURED_MS });
  const batch = frameBatch({ frameSamples: samplesPer(SENT_MS), minSamples: samplesPer(CAPTURED_MS) });
  let isMuted = false;
  const send = (samples: Int16Array): void => events.audio(base64FromBytes(bytesOf(samples)));
  node.port.onmessage = ({ data }: MessageEvent<Int16Array>) => {
    if (isMuted) return;
    for (const frame of gate.push(data)) batch.push(frame).forEach(send);
    if (!gate.isOpen()) {
      const rest = batch.rest();
      if (rest !== undefined) send(rest);
    }
    events.level(levelDb(data), gate.isOpen());
  };
  source.connect(node);
  return {
    mute: (muted) => {
      isMuted = muted;
      for (const track of stream.getTracks()) track.enabled = !muted;
      if (muted) events.level(-96, false);
    },
    stop: () => {
      source.disconnect();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** Code of the advice for a microphone that would not open. */
export const microphoneProblem = (error: unknown): string => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'microphone-denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'microphone-missing' : 'microphone-failed';
};
