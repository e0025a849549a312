import { type AudioFormat, bytesPerMs, durationMs } from '../../../audio/format.ts';
import { MAX_FRAME_MS, type ServerMessage } from '../protocol/messages.ts';
import type { OutboundMessage, VoiceTransport } from '../session/transport.ts';

type WireAudio = Extract<ServerMessage, { type: 'audio' }>;

interface QueuedAudio {
  readonly kind: 'audio';
  readonly epoch: number;
  readonly turn: number;
  readonly audio: Uint8Array;
}
interface QueuedControl {
  readonly kind: 'control';
  readonly message: Exclude<ServerMessage, WireAudio>;
}

/** A message for the wire, and how long it plays. */
export interface Sendable {
  readonly message: ServerMessage;
  readonly playMs: number;
}

/** What the session has said and the client has not been sent yet, in order. Audio keeps pace with playing. */
export interface OutboundQueue {
  readonly push: (message: OutboundMessage) => void;
  /** The next message when its time has come, how long to wait for it, or nothing at all. */
  readonly take: (nowMs: number) => Sendable | { readonly waitMs: number } | undefined;
  /** Everything that is left, without pacing. */
  readonly takeAll: () => Sendable[];
  /** Drops audio and what was to be said with it; says how much audio. */
  readonly flush: (turn: number) => { readonly droppedMs: number };
  /** Puts audio that was sent but not played to the front again; numbers above `lastPlayedSeq` only. */
  readonly rewind: (lastPlayedSeq: number) => void;
  readonly queuedMs: () => number;
  readonly audioSeq: NonNullable<VoiceTransport['audioSeq']>;
}

/** Audio on its way ahead of playing: what the client's buffer can hold against a bad network, and a barge-in must drop. */
const LEAD_MS = 1500;
/** Sent audio that may not have been played when a connection is lost: the lead and a slow network. */
const KEPT_MS = 5000;

export function outboundQueue(format: AudioFormat): OutboundQueue {
  const frameBytes = bytesPerMs(format) * MAX_FRAME_MS;
  let queue: (QueuedAudio | QueuedControl)[] = [];
  let kept: WireAudio[] = [];
  let again: WireAudio[] = [];
  let nextSeq = 0;
  let aheadUntilMs = 0;

  const playMs = ({ audio }: WireAudio): number => durationMs(Buffer.byteLength(audio, 'base64'), format);
  const numbered = ({ epoch, turn, audio }: QueuedAudio): WireAudio => {
    const message: WireAudio = {
      type: 'audio',
      epoch,
      turn,
      seq: nextSeq,
      audio: Buffer.from(audio.buffer, audio.byteOffset, audio.length).toString('base64'),
    };
    nextSeq += 1;
    return message;
  };
  const keep = (message: WireAudio): Sendable => {
    kept.push(message);
    let keptMs = kept.reduce((sum, one) => sum + playMs(one), 0);
    while (keptMs > KEPT_MS) keptMs -= playMs(kept.shift() ?? message);
    return { message, playMs: playMs(message) };
  };
  const shift = (): Sendable | undefined => {
    const repeated = again.shift();
    if (repeated !== undefined) return keep(repeated);
    const item = queue.shift();
    if (item === undefined) return undefined;
    return item.kind === 'audio' ? keep(numbered(item)) : { message: item.message, playMs: 0 };
  };
  const isAudioNext = (): boolean => again.length > 0 || queue[0]?.kind === 'audio';
  const queuedMs = (): number =>
    queue.reduce((sum, item) => sum + (item.kind === 'audio' ? durationMs(item.audio.length, format) : 0), 0) +
    again.reduce((sum, message) => sum + playMs(message), 0);

  return {
    push: (message) => {
      if (message.type !== 'audio') queue.push({ kind: 'control', message });
      else
        for (let start = 0; start < message.audio.length; start += frameBytes) {
          const audio = message.audio.subarray(start, start + frameBytes);
          queue.push({ kind: 'audio', epoch: message.epoch, turn: message.turn, audio });
        }
    },
    take: (nowMs) => {
      const waitMs = isAudioNext() ? aheadUntilMs - nowMs - LEAD_MS : 0;
      if (waitMs > 0) return { waitMs };
      const sendable = shift();
      if (sendable !== undefined) aheadUntilMs = Math.max(aheadUntilMs, nowMs) + sendable.playMs;
      return sendable;
    },
    takeAll: () => {
      const rest: Sendable[] = [];
      for (let next = shift(); next !== undefined; next = shift()) rest.push(next);
      return rest;
    },
    flush: (turn) => {
      const droppedMs = queuedMs();
      queue = queue.filter((item) => item.kind === 'control' && !isForetold(item.message, turn));
      again = [];
      kept = [];
      aheadUntilMs = 0;
      return { droppedMs };
    },
    rewind: (lastPlayedSeq) => {
      again = [...kept, ...again].filter(({ seq }) => seq > lastPlayedSeq);
      kept = [];
      aheadUntilMs = 0;
    },
    queuedMs,
    audioSeq: {
      next: () => nextSeq,
      startAt: (seq) => {
        nextSeq = seq;
      },
    },
  };
}

/** Text that will now never be spoken. */
const isForetold = (message: QueuedControl['message'], turn: number): boolean =>
  message.type === 'transcript' &&
  message.stage === 'speculative' &&
  message.turn === turn &&
  message.role === 'assistant';
