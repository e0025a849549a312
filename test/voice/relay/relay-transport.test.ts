import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { RELAY_WINDOW_BOUNDS } from '../../../shared/voice/protocol/frame-window.ts';
import { relayTransport } from '../../../shared/voice/relay/relay-transport.ts';
import type { InboundMessage } from '../../../shared/voice/session/transport.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const FRAME_BYTES = 640;
const frame = (seq: number) => ({ type: 'audio', seq, audio: Buffer.alloc(FRAME_BYTES, seq).toString('base64') });

const relay = () => {
  const clock = virtualClock();
  const posted: { readonly to: string; readonly message: { readonly type: string; readonly seq?: number } }[] = [];
  const gone = new Set<string>();
  const heard: InboundMessage[] = [];
  const transport = relayTransport({
    sockets: {
      post: async (to, text) => {
        if (gone.has(to)) return 'gone';
        posted.push({ to, message: JSON.parse(text) });
        return 'sent';
      },
      close: async (to) => void gone.add(to),
    },
    clock,
    clientConnectionId: 'c1',
    inputSampleRateHertz: 16_000,
    outputSampleRateHertz: 24_000,
    epoch: 1,
    closeLink: () => undefined,
  });
  const reading = (async () => {
    for await (const message of transport.messages) heard.push(message);
  })();
  const hear = (message: Record<string, unknown>, connectionId = 'c1') =>
    transport.hear({ connectionId, atMs: clock.now(), message: message as never });
  return { clock, posted, gone, heard, transport, hear, reading };
};

test('frames are put right, a gap is skipped and counted, and what another connection says is not heard', async () => {
  const { clock, heard, hear } = relay();
  hear(frame(1));
  hear(frame(0));
  hear(frame(7), 'stranger');
  await clock.advance(2 * RELAY_WINDOW_BOUNDS.maxHoldMs);
  await turn();
  hear(frame(3));
  await turn();
  await clock.advance(2 * RELAY_WINDOW_BOUNDS.maxHoldMs);
  await turn();
  expect(heard.map((message) => (message.type === 'audio' ? message.audio[0] : message))).toEqual([
    0,
    1,
    { type: 'lost', frames: 1 },
    3,
  ]);
});

test('sound goes out in order, a second and a half ahead of playing; an interruption overtakes what waits', async () => {
  const { clock, posted, transport } = relay();
  const speech = { type: 'audio' as const, epoch: 1, turn: 1, audio: new Uint8Array(48 * 5000) };
  transport.send(speech);
  await clock.advance(1);
  const ahead = posted.length;
  expect(posted.map(({ message }) => message.seq)).toEqual(Array.from({ length: ahead }, (_, seq) => seq));
  expect(ahead).toBeLessThanOrEqual(17);
  const { droppedMs } = transport.flush({ epoch: 1, turn: 1 });
  await clock.advance(10_000);
  expect(droppedMs).toBe(5000 - ahead * 100);
  expect(posted.slice(ahead).map(({ message }) => message)).toEqual([{ type: 'interrupted', epoch: 1, turn: 1 }]);
});

test('a caller whose connection is gone may come back by another one', async () => {
  const { clock, posted, gone, heard, transport, hear } = relay();
  gone.add('c1');
  transport.send({ type: 'pong' });
  await clock.advance(1);
  expect(heard).toEqual([{ type: 'disconnected' }]);
  const resume = {
    type: 'session.resume',
    callId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11',
    resumeToken: 't',
    lastPlayedSeq: -1,
  };
  hear(resume, 'c2');
  transport.send({ type: 'pong', id: 'here' });
  await turn();
  expect(heard.at(-1)).toEqual(resume);
  expect(posted).toEqual([{ to: 'c2', message: { type: 'pong', id: 'here' } }]);
});

test('two hours are announced ten minutes before', async () => {
  const { clock, posted } = relay();
  await clock.advance(110 * 60_000);
  expect(posted.map(({ message }) => message)).toMatchObject([
    { type: 'warning', code: 'connection-renewal', withinSeconds: 600 },
  ]);
});

test('closing says what is left, then closes the caller’s connection and ends the messages', async () => {
  const { clock, posted, gone, transport, reading } = relay();
  transport.send({ type: 'pong', id: 'last' });
  await clock.until(transport.close(1000), 1000);
  await reading;
  expect(posted.at(-1)?.message).toEqual({ type: 'pong', id: 'last' });
  expect([...gone]).toEqual(['c1']);
});

test('a new owner hears first what it asked the client to send again', async () => {
  const { clock, heard, posted, hear, transport } = relay();
  const ready = {
    type: 'session.ready',
    callId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11',
    resumeToken: 'token',
    epoch: 2,
    engine: 'nova-sonic',
    voice: 'tiffany',
    language: 'en-US',
    outputSampleRateHertz: 24_000,
    agentName: 'A',
    resendAfterSeq: 6,
  } as const;
  transport.send(ready);
  hear(frame(9));
  await clock.advance(1000);
  for (const seq of [7, 8, 9, 10]) hear(frame(seq));
  await clock.advance(100);
  expect({
    heard: heard.map((message) => (message.type === 'audio' ? [message.seq, message.audio[0]] : message)),
    asked: posted.map(({ message }) => message),
  }).toEqual({ heard: [7, 8, 9, 10].map((seq) => [seq, seq]), asked: [ready] });
});
