import { bytesPerMs } from '../../../audio/format.ts';
import { joinBytes } from '../../../audio/pcm.ts';

const OUTPUT_HERTZ = 24_000;

interface Chunk {
  readonly epoch: number;
  readonly turn: number;
  readonly startMs: number;
  readonly pcm: Uint8Array;
}

/** How far a turn's audio was played. */
export interface Played {
  readonly epoch: number;
  readonly turn: number;
  readonly playedMs: number;
}

/** A loudspeaker that nobody hears: it takes as long as a real one, and keeps what it played. */
export interface Player {
  readonly play: (audio: { epoch: number; turn: number; pcm: Uint8Array }, nowMs: number) => void;
  /** Drops what was not played yet. */
  readonly flush: (nowMs: number) => void;
  readonly isPlaying: (nowMs: number) => boolean;
  /** Of the turn that was last heard; undefined before anything was. */
  readonly played: (nowMs: number) => Played | undefined;
  /** PCM16 of all that was played. */
  readonly recording: () => Uint8Array;
}

const PER_MS = bytesPerMs({ encoding: 'pcm16', sampleRateHertz: OUTPUT_HERTZ });
const endOf = ({ startMs, pcm }: Chunk): number => startMs + pcm.length / PER_MS;

export function makePlayer(): Player {
  let chunks: Chunk[] = [];
  const endMs = (): number => {
    const last = chunks.at(-1);
    return last ? endOf(last) : Number.NEGATIVE_INFINITY;
  };

  return {
    play({ epoch, turn, pcm }, nowMs) {
      chunks.push({ epoch, turn, pcm, startMs: Math.max(nowMs, endMs()) });
    },
    flush(nowMs) {
      chunks = chunks
        .filter(({ startMs }) => startMs < nowMs)
        .map((chunk) => ({ ...chunk, pcm: chunk.pcm.subarray(0, playedBytes(chunk, nowMs)) }));
    },
    isPlaying: (nowMs) => endMs() > nowMs,
    played(nowMs) {
      const last = chunks.findLast(({ startMs }) => startMs <= nowMs);
      if (!last) return undefined;
      const ofTurn = chunks.filter(({ epoch, turn }) => epoch === last.epoch && turn === last.turn);
      const bytes = ofTurn.reduce((sum, chunk) => sum + playedBytes(chunk, nowMs), 0);
      return { epoch: last.epoch, turn: last.turn, playedMs: Math.round(bytes / PER_MS) };
    },
    recording: () => joinBytes(chunks.map(({ pcm }) => pcm)),
  };
}

/** Whole samples of a chunk that were played by now. */
const playedBytes = ({ startMs, pcm }: Chunk, nowMs: number): number =>
  Math.min(pcm.length, Math.max(0, Math.round((nowMs - startMs) * PER_MS)) & ~1);
