import { type AudioFormat, durationMs } from '../../audio/format.ts';

/** A piece of a turn's audio on its way to the phone. */
export interface PlayoutPiece {
  readonly epoch: number;
  readonly turn: number;
  readonly audio: Uint8Array;
  /** Where in the turn's audio this piece ends. */
  readonly endMs: number;
}

export interface PlayoutOptions {
  readonly format: AudioFormat;
  /** Length of one piece. */
  readonly frameMs: number;
  /** How much may wait at the telephone network: enough against its jitter, little enough to be cleared soon. */
  readonly leadMs: number;
}

/**
 * Decides when audio goes to a network that plays what it gets at once and in real time. Pure: time comes in, pieces
 * come out.
 */
export interface Playout {
  readonly add: (part: { readonly epoch: number; readonly turn: number; readonly audio: Uint8Array }) => void;
  /** What may be sent now, and in how many ms to ask again (undefined: when something is added). */
  readonly take: (nowMs: number) => {
    readonly pieces: readonly PlayoutPiece[];
    readonly againInMs: number | undefined;
  };
  /** Drops everything: what was not sent, and (since the network is told to clear) what was sent and not played. */
  readonly clear: (nowMs: number) => {
    readonly droppedMs: number;
    /** The turn that was playing and how much of it was really played. */
    readonly played: { readonly epoch: number; readonly turn: number; readonly playedMs: number } | undefined;
  };
}

interface Waiting {
  readonly epoch: number;
  readonly turn: number;
  audio: Uint8Array;
}

export function createPlayout({ format, frameMs, leadMs }: PlayoutOptions): Playout {
  const frameBytes = durationToBytes(frameMs, format);
  let waiting: Waiting[] = [];
  let current: { epoch: number; turn: number; sentMs: number } | undefined;
  /** When the network will have played all that it was sent. */
  let playedOutAtMs = 0;

  const nextPiece = (): PlayoutPiece | undefined => {
    const first = waiting[0];
    if (first === undefined) return undefined;
    const audio = first.audio.subarray(0, frameBytes);
    first.audio = first.audio.subarray(audio.length);
    if (first.audio.length === 0) waiting.shift();
    const { epoch, turn } = first;
    if (current?.epoch !== epoch || current.turn !== turn) current = { epoch, turn, sentMs: 0 };
    current.sentMs += durationMs(audio.length, format);
    return { epoch, turn, audio, endMs: current.sentMs };
  };

  return {
    add({ epoch, turn, audio }) {
      if (audio.length === 0) return;
      const last = waiting.at(-1);
      // Full frames across the engine's chunks: Twilio bills nothing for them, the relay bills each message.
      if (last?.epoch === epoch && last.turn === turn && last.audio.length < frameBytes) {
        last.audio = Buffer.concat([last.audio, audio]);
      } else waiting.push({ epoch, turn, audio });
    },
    take(nowMs) {
      const pieces: PlayoutPiece[] = [];
      while (playedOutAtMs - nowMs < leadMs) {
        const piece = nextPiece();
        if (piece === undefined) return { pieces, againInMs: undefined };
        pieces.push(piece);
        playedOutAtMs = Math.max(playedOutAtMs, nowMs) + durationMs(piece.audio.length, format);
      }
      return { pieces, againInMs: waiting.length === 0 ? undefined : playedOutAtMs - nowMs - leadMs + frameMs };
    },
    clear(nowMs) {
      const unsentMs = waiting.reduce((sum, { audio }) => sum + durationMs(audio.length, format), 0);
      const unplayedMs = Math.max(0, playedOutAtMs - nowMs);
      const played = current && { ...turnOf(current), playedMs: Math.max(0, current.sentMs - unplayedMs) };
      waiting = [];
      current = undefined;
      playedOutAtMs = 0;
      return { droppedMs: unsentMs + unplayedMs, played };
    },
  };
}

const turnOf = ({ epoch, turn }: { readonly epoch: number; readonly turn: number }) => ({ epoch, turn });

const durationToBytes = (ms: number, format: AudioFormat): number =>
  Math.round(ms * (format.sampleRateHertz / 1000)) * (format.encoding === 'pcm16' ? 2 : 1);
