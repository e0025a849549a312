import type { ClientMessage } from '../../shared/voice/protocol/messages.ts';

type SaidAudio = Extract<ClientMessage, { type: 'audio' }>;

/** Sends frames in their order: those that are sent again in small lots, and what is said meanwhile after them. */
export interface PacedAudio {
  readonly say: (frame: SaidAudio, connection: number) => void;
  readonly sayAgain: (frames: readonly SaidAudio[], connection: number) => void;
}

/** 200 frames a second: eight times as fast as they were spoken, and what the other end can put in order. */
const LOT = 10;
const LOT_EVERY_MS = 50;

export function pacedAudio(
  send: (frame: SaidAudio, connection: number) => void,
  later: (work: () => void, ms: number) => void = (work, ms) => void setTimeout(work, ms),
): PacedAudio {
  let waiting: { readonly frame: SaidAudio; readonly connection: number }[] = [];
  let isPacing = false;

  const sendLot = (): void => {
    const lot = waiting.slice(0, LOT);
    waiting = waiting.slice(LOT);
    for (const { frame, connection } of lot) send(frame, connection);
    isPacing = waiting.length > 0;
    if (isPacing) later(sendLot, LOT_EVERY_MS);
  };
  return {
    say: (frame, connection) => {
      if (isPacing) waiting.push({ frame, connection });
      else send(frame, connection);
    },
    sayAgain: (frames, connection) => {
      // Asked again: what still waits is among them.
      waiting = frames.map((frame) => ({ frame, connection }));
      if (!isPacing) sendLot();
    },
  };
}
