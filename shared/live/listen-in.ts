import { type Converter, converter } from '../../audio/convert.ts';
import { type AudioFormat, bytesPerMs } from '../../audio/format.ts';
import { joinBytes } from '../../audio/pcm.ts';
import { LISTEN_SAMPLE_RATE_HERTZ } from './live-limits.ts';

const LISTEN_FORMAT: AudioFormat = { encoding: 'mulaw', sampleRateHertz: LISTEN_SAMPLE_RATE_HERTZ };

/** What somebody said within one batch. */
export interface HeardPiece {
  readonly role: 'caller' | 'agent';
  /** µ-law, 8 kHz. */
  readonly audio: Uint8Array;
}

/** Gathers both voices of a call for whoever listens in. Pure but for what it holds: time comes as an argument. */
export interface ListenIn {
  /** As it comes from the caller: as fast as it is spoken. */
  readonly caller: (audio: Uint8Array) => void;
  /** As the model makes it: in bursts, to be laid end to end from now on. */
  readonly agent: (audio: Uint8Array, nowMs: number) => void;
  /** The caller cut the agent off: what was not heard yet is not. */
  readonly cut: () => void;
  /** What has been heard since it was asked last; at most so much as fits that time, and nothing of what is to come. */
  readonly take: (nowMs: number) => readonly HeardPiece[];
}

/** Longer than any answer. What is beyond it is forgotten, the oldest first. */
const MAX_HELD_MS = 120_000;
/** As far ahead the agent's sound is sent: a batch, so that it does not stutter. */
const LEAD_MS = 200;

const BYTES_PER_MS = bytesPerMs(LISTEN_FORMAT);

export const listenIn = (callerFormat: AudioFormat, agentFormat: AudioFormat): ListenIn => {
  const caller = queue(converter(callerFormat, LISTEN_FORMAT));
  const agent = queue(converter(agentFormat, LISTEN_FORMAT));
  /** Until when what was taken of the agent's sound lasts. */
  let playedUntilMs = 0;
  return {
    caller: caller.add,
    agent: (audio, nowMs) => {
      playedUntilMs = Math.max(playedUntilMs, nowMs);
      agent.add(audio);
    },
    cut: () => {
      agent.clear();
      playedUntilMs = 0;
    },
    take: (nowMs) => {
      const dueMs = nowMs + LEAD_MS - playedUntilMs;
      const spoken = dueMs > 0 ? agent.take(Math.floor(dueMs * BYTES_PER_MS)) : NOTHING;
      playedUntilMs += spoken.length / BYTES_PER_MS;
      const pieces: readonly HeardPiece[] = [
        { role: 'caller', audio: caller.take(Number.POSITIVE_INFINITY) },
        { role: 'agent', audio: spoken },
      ];
      return pieces.filter(({ audio }) => audio.length > 0);
    },
  };
};

const NOTHING = new Uint8Array(0);

const queue = ({ convert, end }: Converter) => {
  let held: Uint8Array = NOTHING;
  return {
    add: (audio: Uint8Array): void => {
      const longer = joinBytes([held, convert(audio)]);
      held = longer.subarray(Math.max(0, longer.length - MAX_HELD_MS * BYTES_PER_MS));
    },
    take: (most: number): Uint8Array => {
      const taken = held.slice(0, most);
      held = held.subarray(taken.length);
      return taken;
    },
    clear: (): void => {
      end();
      held = NOTHING;
    },
  };
};
