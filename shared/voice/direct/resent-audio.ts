import type { FrameWindow } from '../protocol/frame-window.ts';
import type { OutboundMessage } from '../session/transport.ts';

/** A frame of the caller with the number the client gave it. */
export interface NumberedAudio {
  readonly seq: number;
  readonly audio: Uint8Array;
}

/** A new owner asks for the caller's last words again: its window starts with them. */
export function expectAgain(window: FrameWindow<NumberedAudio>, message: OutboundMessage, nowMs: number): void {
  if (message.type !== 'session.ready' || message.resendAfterSeq === undefined) return;
  window.expect(message.resendAfterSeq + 1, nowMs);
}
