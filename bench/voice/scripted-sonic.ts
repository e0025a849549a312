/** A model without a model: hears everything, speaks as long as the stream lives, and says so in Nova Sonic's grammar. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeOutput, type OutputEvent } from '../../local/services/bedrock-runtime/sonic/output.ts';
import type { SonicConnect } from '../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import { nowUs, stampedFrame, stampOfMessage } from './stamp.ts';
import type { Heard } from './stamped-speech.ts';

const PIECE_MS = 80;
const OUTPUT_HERTZ = 24_000;

export const scriptedSonic = (onHeard: (heard: Heard) => void): SonicConnect => {
  let utterances = 0;
  return async ({ input, signal }) => {
    utterances += 1;
    const source = utterances;
    const listen = async (): Promise<void> => {
      for await (const bytes of input) {
        const stamp = stampOfMessage(Buffer.from(bytes).toString(), '"content":"');
        if (stamp) onHeard([stamp.source, stamp.seq, stamp.sentUs, nowUs()]);
      }
    };
    void listen().catch(() => undefined);
    return speak(source, signal);
  };
};

async function* speak(source: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const events: OutputEvent[] = [];
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `id-${ids}`;
  };
  const output = makeOutput({
    sessionId: 'session',
    promptName: () => 'prompt',
    newId,
    send: (event) => events.push(event),
  });
  const flush = (): Uint8Array[] => events.splice(0).map((event) => Buffer.from(JSON.stringify({ event })));
  output.text('ASSISTANT', 'SPECULATIVE', 'A long answer.', 'PARTIAL_TURN');
  const audio = output.audio(OUTPUT_HERTZ);
  yield* flush();
  const startMs = performance.now();
  for (let seq = 0; !signal.aborted; seq++) {
    await sleep(Math.max(0, startMs + seq * PIECE_MS - performance.now()));
    audio.chunk(stampedFrame({ source, seq, sentUs: nowUs() }, (OUTPUT_HERTZ * 2 * PIECE_MS) / 1000));
    yield* flush();
  }
}
