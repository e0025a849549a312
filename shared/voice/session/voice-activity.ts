import { type AudioFormat, durationMs } from '../../../audio/format.ts';
import { decodeMuLaw } from '../../../audio/mulaw.ts';
import { samplesOf } from '../../../audio/pcm.ts';

/** Quieter than this is silence whatever the room: about -42 dB below full scale, a whisper at arm's length. */
const MIN_LEVEL = 260;
/** Speech stands this far out of the room's noise (12 dB). */
const ABOVE_NOISE = 4;
/** Sounds shorter than this are clicks. */
const ONSET_MS = 60;
/** Pauses shorter than this are inside of words. */
const RELEASE_MS = 300;
/** How fast the floor follows a room that grows louder, a millisecond; a quieter one is believed at once. */
const FLOOR_RISE = 1.0005;
const QUIET_ROOM = MIN_LEVEL / ABOVE_NOISE;

export interface SpeechChange {
  readonly active: boolean;
  /** When the sound began or ended, not when it was noticed. */
  readonly atMs: number;
}

/**
 * Tells when the caller makes sounds, by their level. It decides nothing that the caller hears (the engine does that):
 * it measures answer latency, and which audio a new stream must hear again.
 */
export interface VoiceActivity {
  readonly push: (audio: Uint8Array, nowMs: number) => SpeechChange | undefined;
  /** Clients leave out silent frames: no frames for a while are silence too. */
  readonly tick: (nowMs: number) => SpeechChange | undefined;
  /** Whether the last frame was louder than the room. */
  readonly isVoiced: () => boolean;
}

export function createVoiceActivity(format: AudioFormat): VoiceActivity {
  let floor = QUIET_ROOM;
  let lastFrameMs = 0;
  let active = false;
  let onsetMs = 0;
  let onsetAtMs = 0;
  let voicedUntilMs = 0;
  let isVoiced = false;

  const release = (nowMs: number): SpeechChange | undefined => {
    if (nowMs - voicedUntilMs >= ONSET_MS) onsetMs = 0;
    if (!active || nowMs - voicedUntilMs < RELEASE_MS) return undefined;
    active = false;
    return { active, atMs: voicedUntilMs };
  };

  return {
    push(audio, nowMs) {
      lastFrameMs = nowMs;
      const ms = durationMs(audio.length, format);
      const level = levelOf(audio, format);
      isVoiced = level >= Math.max(MIN_LEVEL, floor * ABOVE_NOISE);
      floor = Math.max(1, Math.min(level, floor * FLOOR_RISE ** ms));
      if (!isVoiced) return release(nowMs);
      if (onsetMs === 0) onsetAtMs = nowMs - ms;
      onsetMs += ms;
      voicedUntilMs = nowMs;
      if (active || onsetMs < ONSET_MS) return undefined;
      active = true;
      return { active, atMs: onsetAtMs };
    },
    tick(nowMs) {
      // Where silence is left out, no quiet frame would ever tell that the room is none the louder for much speech.
      if (nowMs - lastFrameMs >= RELEASE_MS) floor = Math.min(floor, QUIET_ROOM);
      return release(nowMs);
    },
    isVoiced: () => isVoiced,
  };
}

/** Mean magnitude of the samples; every second one is enough to tell speech from silence. */
function levelOf(audio: Uint8Array, { encoding }: AudioFormat): number {
  const samples = encoding === 'mulaw' ? decodeMuLaw(audio) : samplesOf(audio);
  let sum = 0;
  for (let i = 0; i < samples.length; i += 2) sum += Math.abs(samples[i] ?? 0);
  return samples.length === 0 ? 0 : sum / Math.ceil(samples.length / 2);
}
