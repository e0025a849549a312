import type { SonicConnect } from '../../../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import { chunkOf } from './sonic-script.ts';

/** A model that says what the test makes it say and keeps what it was told. */
export const scriptedSonic = () => {
  const received: unknown[] = [];
  const waiting: (Uint8Array | Error | undefined)[] = [];
  let wake: (() => void) | undefined;
  let signal: AbortSignal | undefined;
  let reads = true;
  const put = (item: Uint8Array | Error | undefined): void => {
    waiting.push(item);
    wake?.();
  };
  async function* output(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      while (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const item = waiting.shift();
      if (item instanceof Error) throw item;
      if (item === undefined) return;
      yield item;
    }
  }
  const connect: SonicConnect = (request) => {
    signal = request.signal;
    request.signal.addEventListener('abort', () => put(new Error('aborted')), { once: true });
    const read = async (): Promise<void> => {
      for await (const bytes of request.input) {
        received.push(JSON.parse(new TextDecoder().decode(bytes)));
        if (!reads) return;
      }
    };
    void read();
    return Promise.resolve(output());
  };
  return {
    connect,
    received,
    /** Names of the events that were received. */
    heard: () => received.map((chunk) => Object.keys((chunk as { event: object }).event)[0]),
    says: (...events: readonly unknown[]) => {
      for (const event of events) put(chunkOf(event));
    },
    breaks: (error: Error) => put(error),
    ends: () => put(undefined),
    stopsReading: () => {
      reads = false;
    },
    isKilled: () => signal?.aborted ?? false,
  };
};
