import { type AudioFormat, durationMs } from '../../../audio/format.ts';
import { expectAgain, type NumberedAudio } from '../../../shared/voice/direct/resent-audio.ts';
import { createFrameWindow, RELAY_WINDOW_BOUNDS } from '../../../shared/voice/protocol/frame-window.ts';
import { RESEND_MS } from '../../../shared/voice/protocol/messages.ts';
import type { InboundMessage, OutboundMessage, VoiceTransport } from '../../../shared/voice/session/transport.ts';
import { asyncQueue } from './async-queue.ts';
import { FRAME_MS, SPOKEN_FORMAT, spokenFrames } from './spoken-frames.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface Received {
  readonly atMs: number;
  readonly epoch: number;
  readonly message: OutboundMessage;
}

export interface CallerLineOptions {
  readonly clock: VirtualClock;
  readonly kind?: VoiceTransport['kind'];
  readonly output?: AudioFormat;
  /** Whether the player reports how far it got. */
  readonly reports?: boolean;
  /** Whether the client sends its last words again when a new owner asks for them. */
  readonly resends?: boolean;
}

/**
 * The caller and his device: speaks in frames, leaves silence out, plays what comes in real time, reports how far it
 * got, and is reached by whichever owner of the call is the newest, as behind the gateway.
 */
export function callerLine(options: CallerLineOptions) {
  const { clock, output = { encoding: 'pcm16', sampleRateHertz: 24_000 }, reports = true, resends = true } = options;
  const received: Received[] = [];
  const closes: { readonly epoch: number; readonly code: number }[] = [];
  const owners: {
    readonly epoch: number;
    readonly push: (message: InboundMessage) => void;
    readonly hear: (frame: NumberedAudio) => void;
    readonly end: () => void;
    alive: boolean;
  }[] = [];
  const played = new Map<number, number>();
  let newest = 0;
  let isConnected = true;
  let playing: { readonly turn: number; readonly epoch: number; leftMs: number }[] = [];
  let playedAtMs = clock.now();

  let sent: (NumberedAudio & { readonly atMs: number })[] = [];
  let nextSeq = 0;

  const tellOwner = (message: InboundMessage): void => {
    if (isConnected) owners.findLast(({ alive }) => alive)?.push(message);
  };
  const newestOwner = () => (isConnected ? owners.findLast(({ alive }) => alive) : undefined);
  const sendAudio = (audio: Uint8Array): void => {
    const frame = { seq: nextSeq++, audio, atMs: clock.now() };
    sent = [...sent.filter(({ atMs }) => frame.atMs - atMs < RESEND_MS), frame];
    newestOwner()?.hear(frame);
  };
  /** A network's way there and back later. */
  const sendAgain = async (afterSeq: number): Promise<void> => {
    await clock.sleep(80);
    for (const frame of sent) if (frame.seq > afterSeq) newestOwner()?.hear(frame);
  };
  const playOn = (): void => {
    let ms = clock.now() - playedAtMs;
    playedAtMs = clock.now();
    for (const item of playing) {
      const step = Math.min(ms, item.leftMs);
      item.leftMs -= step;
      ms -= step;
      if (item.epoch === newest) played.set(item.turn, (played.get(item.turn) ?? 0) + step);
    }
    playing = playing.filter(({ leftMs }) => leftMs > 0);
  };
  const report = (): void => {
    playOn();
    const turn = [...played.keys()].at(-1);
    if (reports && turn !== undefined)
      tellOwner({ type: 'playback', epoch: newest, turn, playedMs: played.get(turn) ?? 0 });
  };
  const reportNowAndThen = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(500);
      if (playing.length > 0) report();
    }
  };
  void reportNowAndThen();

  const receive = (epoch: number, message: OutboundMessage): void => {
    received.push({ atMs: clock.now(), epoch, message });
    if (epoch < newest || !isConnected) return;
    if (epoch > newest) {
      playOn();
      newest = epoch;
      played.clear();
    }
    if (message.type === 'session.ready' && message.resendAfterSeq !== undefined && resends) {
      void sendAgain(message.resendAfterSeq);
    }
    if (message.type !== 'audio') return;
    playOn();
    if (!played.has(message.turn)) played.set(message.turn, 0);
    playing.push({ turn: message.turn, epoch, leftMs: durationMs(message.audio.length, output) });
  };

  const connect = (epoch: number): VoiceTransport => {
    const inbox = asyncQueue<InboundMessage>();
    const window = createFrameWindow<NumberedAudio>(RELAY_WINDOW_BOUNDS);
    window.restart();
    const passOn = ({ frames, lost }: ReturnType<typeof window.expire>): void => {
      if (lost > 0) inbox.push({ type: 'lost', frames: lost });
      for (const frame of frames) inbox.push({ type: 'audio', audio: frame.audio, seq: frame.seq });
    };
    const hear = (frame: NumberedAudio): void => passOn(window.push(frame.seq, frame, clock.now()));
    const owner = { epoch, push: inbox.push, hear, end: inbox.end, alive: true };
    const lookAgain = async (): Promise<void> => {
      while (owner.alive) {
        await clock.sleep(100);
        passOn(window.expire(clock.now()));
      }
    };
    void lookAgain();
    owners.push(owner);
    owners.sort((a, b) => a.epoch - b.epoch);
    const leave = (): Promise<void> => {
      owner.alive = false;
      inbox.end();
      return Promise.resolve();
    };
    let seq = 0;
    return {
      kind: options.kind ?? 'relay',
      input: SPOKEN_FORMAT,
      output,
      messages: inbox.items,
      audioSeq: {
        next: () => seq,
        startAt: (at) => {
          seq = at;
        },
      },
      send(message) {
        if (!owner.alive) return;
        expectAgain(window, message, clock.now());
        if (message.type === 'audio') seq++;
        receive(epoch, message);
      },
      flush({ turn }) {
        if (!owner.alive) return { droppedMs: 0 };
        receive(epoch, { type: 'interrupted', epoch, turn });
        playOn();
        playing = [];
        queueMicrotask(report);
        return { droppedMs: 0 };
      },
      close(code) {
        closes.push({ epoch, code });
        return leave();
      },
      release: leave,
    };
  };

  return {
    connect,
    received,
    closes,
    tell: tellOwner,
    /** Says this, in real time. */
    async say(text: string): Promise<void> {
      for (const audio of spokenFrames(text)) {
        sendAudio(audio);
        await clock.sleep(FRAME_MS);
      }
    },
    disconnect(): void {
      tellOwner({ type: 'disconnected' });
      playOn();
      isConnected = false;
    },
    resume(resumeToken: string): void {
      isConnected = true;
      tellOwner({ type: 'session.resume', callId: '', resumeToken, lastPlayedSeq: -1 } as InboundMessage);
    },
    hangUp: () => {
      for (const owner of owners) owner.end();
    },
    isPlaying: () => {
      playOn();
      return playing.length > 0;
    },
    messages: <Type extends OutboundMessage['type']>(type: Type) =>
      received
        .map(({ message }) => message)
        .filter((message): message is Extract<OutboundMessage, { type: Type }> => message.type === type),
  };
}
