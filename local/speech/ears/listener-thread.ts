import type { Worker } from 'node:worker_threads';
import { dismiss } from '../workers/dismiss.ts';
import type { HeardEffect } from './listener.ts';

export type ToListener =
  | { readonly type: 'open'; readonly ear: number; readonly sampleRateHertz: number; readonly endOfTurnMs: number }
  | { readonly type: 'audio'; readonly ear: number; readonly pcm: Uint8Array }
  | { readonly type: 'close'; readonly ear: number };

/** Says how many bytes of an ear's audio were heard, and what came of it. */
export interface FromListener {
  readonly ear: number;
  readonly bytes: number;
  readonly effects: readonly HeardEffect[];
}

/** The one thread that listens to all ears; detecting costs 0.5 % of a core each. */
export interface ListenerThread {
  readonly send: (message: ToListener) => void;
  readonly close: () => Promise<void>;
}

export interface ListenerEvents {
  readonly onHeard: (message: FromListener) => void;
  /** A new thread took the place of one that died; it knows no ears yet. */
  readonly onReplaced: () => void;
  /** It died again without having heard anything: there is no listening any more. */
  readonly onBroken: (cause: Error) => void;
}

export function startListenerThread(spawn: () => Worker, events: ListenerEvents): ListenerThread {
  let closed = false;
  /** Whether the thread at hand has heard anything: one that dies before it has will not fare better next time. */
  let hasHeard = true;
  let worker = start();

  function start(): Worker {
    const started = spawn();
    // Ears are held open by whoever feeds them; the thread alone keeps no process alive.
    started.unref();
    let cause = new Error('The listening thread ended.');
    started.on('message', (message: FromListener) => {
      hasHeard = true;
      events.onHeard(message);
    });
    started.on('error', (error) => {
      cause = error instanceof Error ? error : new Error(String(error));
    });
    started.on('exit', () => replace(cause));
    return started;
  }

  function replace(cause: Error): void {
    if (closed) return;
    if (!hasHeard) {
      closed = true;
      events.onBroken(cause);
      return;
    }
    hasHeard = false;
    worker = start();
    events.onReplaced();
  }

  return {
    send(message) {
      if (!closed) worker.postMessage(message);
    },
    async close() {
      if (closed) return;
      closed = true;
      await dismiss(worker);
    },
  };
}
