import { type EventQueue, eventQueue } from '../event-queue.ts';
import type { EarEvent } from '../speech.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';
import type { HeardEffect } from './listener.ts';
import { EAR_HERTZ } from './turn-taking.ts';

/** Makes an ear's events of what its listener heard and what the recognizers made of it. */
export interface EarHead {
  readonly events: EventQueue<EarEvent>;
  /** `startMs`: where in the ear's audio the listener's own time starts. */
  readonly on: (effect: HeardEffect, startMs: number) => void;
  /** The listener is gone: the turn under way ends here with what is known of it. */
  readonly breakOff: (atMs: number) => void;
  /** The reader gets this error after what was heard before. */
  readonly fail: (error: Error) => void;
  readonly close: () => void;
}

/** Recognition of one piece; a newer one takes its place when the speaker goes on. */
interface Piece {
  readonly text: Promise<string>;
  readonly supersede: AbortController;
}

interface OpenTurn {
  readonly startMs: number;
  readonly pieces: Piece[];
  isOver: boolean;
}

type Recognize = Extract<HeardEffect, { type: 'recognize' }>;

export function makeEarHead(recognizers: WorkerPool<Float32Array, string>): EarHead {
  const events = eventQueue<EarEvent>((newer, queued) => newer.type === 'partial' && queued.type === 'partial');
  const closing = new AbortController();
  let turn: OpenTurn | undefined;
  /** Turns are told in the order they were spoken, whichever is recognized first. */
  let told: Promise<void> = Promise.resolve();

  const showPartial = async (of: OpenTurn, pieceAt: number, text: Promise<string>): Promise<void> => {
    const texts = await Promise.all([...of.pieces.slice(0, pieceAt).map((piece) => piece.text), text]);
    const words = texts.filter((words) => words !== '').join(' ');
    if (!of.isOver && words !== '') events.push({ type: 'partial', text: words });
  };

  const recognize = (effect: Recognize, of: OpenTurn): void => {
    // A partial is worth something only at once: when all are busy there is none.
    if (effect.partial && !recognizers.hasIdle()) return;
    const supersede = new AbortController();
    const signal = AbortSignal.any([closing.signal, supersede.signal]);
    const text = recognizers.run(effect.audio ?? new Float32Array(0), { urgent: !effect.partial, signal });
    showPartial(of, effect.piece, text).catch(() => undefined);
    if (effect.partial) return;
    of.pieces[effect.piece]?.supersede.abort();
    of.pieces[effect.piece] = { text, supersede };
  };

  const finish = (of: OpenTurn, endMs: number, atMs: number): void => {
    of.isOver = true;
    turn = undefined;
    const pieces = of.pieces.map((piece) => piece.text);
    told = told.then(async () => {
      const texts = await Promise.all(pieces);
      const text = texts.filter((words) => words !== '').join(' ');
      events.push({ type: 'utterance', text, startMs: of.startMs, endMs, atMs });
    });
    told.catch((cause: unknown) => fail(new Error('The recognizer failed.', { cause })));
  };

  const fail = (error: Error): void => {
    if (closing.signal.aborted) return;
    events.fail(error);
    closing.abort();
  };

  return {
    events,
    fail,
    on(effect, startMs) {
      const ms = (samples: number): number => startMs + samples / (EAR_HERTZ / 1000);
      if (effect.type === 'started') {
        turn = { startMs: ms(effect.at), pieces: [], isOver: false };
        events.push({ type: 'speech-started', atMs: turn.startMs });
      } else if (effect.type === 'recognize') {
        if (turn) recognize(effect, turn);
      } else if (turn) {
        finish(turn, ms(effect.end), ms(effect.at));
      }
    },
    breakOff(atMs) {
      if (turn) finish(turn, atMs, atMs);
    },
    close() {
      events.end();
      closing.abort();
    },
  };
}
