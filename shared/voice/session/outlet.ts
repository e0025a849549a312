import { type AudioFormat, durationMs } from '../../../audio/format.ts';
import type { SessionFeed } from '../../live/session-feed.ts';
import type { CloseCode } from '../protocol/messages.ts';
import type { SessionClock } from './clock.ts';
import type { Fence } from './fence.ts';
import type { Recorder } from './session-ports.ts';
import type { OutboundMessage, VoiceTransport } from './transport.ts';

/** The one way out to the caller. A fenced owner sends nothing through it, whatever it still wants to say. */
export interface Outlet {
  readonly send: (message: Exclude<OutboundMessage, { type: 'audio' }>) => void;
  readonly play: (turn: number, audio: Uint8Array) => void;
  /** Milliseconds that were not on the wire yet. */
  readonly flush: (turn: number) => number;
  readonly record: (recorder: Recorder) => void;
  readonly counts: () => { readonly messages: number; readonly audioMs: number };
  readonly close: (code: CloseCode) => Promise<void>;
  /** As the transport's; a transport that cannot lets go. */
  readonly putThrough: () => Promise<void>;
  readonly release: () => Promise<void>;
}

export function createOutlet(deps: {
  readonly transport: VoiceTransport;
  readonly fence: Fence;
  readonly clock: SessionClock;
  readonly epoch: number;
  readonly feed?: Pick<SessionFeed, 'said' | 'agent' | 'cut'>;
}): Outlet {
  const { transport, fence, clock, epoch, feed } = deps;
  const output: AudioFormat = transport.output;
  let recorder: Recorder | undefined;
  let messages = 0;
  let audioMs = 0;
  return {
    send(message) {
      if (!fence.mayAct()) return;
      messages++;
      transport.send(message);
      feed?.said(message);
    },
    play(turn, audio) {
      if (!fence.mayAct()) return;
      messages++;
      audioMs += durationMs(audio.length, output);
      transport.send({ type: 'audio', epoch, turn, audio });
      recorder?.agent(audio, clock.now());
      feed?.agent(audio);
    },
    flush(turn) {
      if (!fence.mayAct()) return 0;
      messages++;
      recorder?.cut(clock.now());
      feed?.cut();
      return transport.flush({ epoch, turn }).droppedMs;
    },
    record(to) {
      recorder = to;
    },
    counts: () => ({ messages, audioMs }),
    close: (code) => transport.close(code),
    putThrough: () => (transport.putThrough ?? transport.release)(),
    release: () => transport.release(),
  };
}
