import fc from 'fast-check';
import { expect, test } from 'vitest';
import { silence } from '../../../audio/format.ts';
import { clientConnection } from '../../../shared/voice/direct/client-connection.ts';
import type { ClientSocket, SocketEvents } from '../../../shared/voice/direct/client-socket.ts';
import { directTransport } from '../../../shared/voice/direct/direct-transport.ts';
import { outboundQueue } from '../../../shared/voice/direct/outbound-queue.ts';
import type { ServerMessage } from '../../../shared/voice/protocol/messages.ts';
import type { SessionClock } from '../../../shared/voice/session/clock.ts';
import type { InboundMessage } from '../../../shared/voice/session/transport.ts';
import { toneFrame } from '../support/test-client.ts';

/** Time that stands still until the test lets it run. */
function handClock() {
  let now = 0;
  let sleepers: { at: number; wake: () => void }[] = [];
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) await Promise.resolve();
  };
  const clock: SessionClock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        sleepers.push({ at: now + ms, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  };
  const pass = async (ms: number): Promise<void> => {
    const end = now + ms;
    await settle();
    for (let due = next(end); due !== undefined; due = next(end)) {
      now = Math.max(now, due.at);
      sleepers = sleepers.filter((one) => one !== due);
      due.wake();
      await settle();
    }
    now = end;
  };
  const next = (end: number) => sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  return { clock, pass };
}

function fakeSocket() {
  let events: SocketEvents | undefined;
  const sent: ServerMessage[] = [];
  const state = { buffered: 0, pings: 0, answersPings: true, terminated: false, closedWith: 0 };
  const socket: ClientSocket = {
    send: (text) => sent.push(JSON.parse(text) as ServerMessage),
    bufferedBytes: () => state.buffered,
    ping: () => {
      state.pings += 1;
      if (state.answersPings) events?.pong();
    },
    close: (code) => {
      state.closedWith = code;
      events?.closed();
    },
    terminate: () => {
      if (!state.terminated) events?.closed();
      state.terminated = true;
    },
    listen: (given) => {
      events = given;
    },
  };
  const say = (message: unknown): void => events?.message(Buffer.from(JSON.stringify(message)), false);
  return { socket, sent, state, say };
}

const START = {
  type: 'session.start',
  inputSampleRateHertz: 16_000,
  outputSampleRateHertz: 16_000,
  recordingConsent: false,
} as const;
const READY = {
  type: 'session.ready',
  callId: '019ab3c4-0000-7000-8000-000000000001',
  resumeToken: 'token',
  epoch: 1,
  engine: 'nova-sonic',
  voice: 'tiffany',
  language: 'en-US',
  outputSampleRateHertz: 16_000,
  agentName: 'A',
} as const;

function setUp(maxConnectionMs = 3_600_000) {
  const time = handClock();
  const client = fakeSocket();
  const connection = clientConnection(client.socket, time.clock);
  const transport = directTransport({ connection, start: START, clock: time.clock, maxConnectionMs });
  const read: InboundMessage[] = [];
  const reading = (async () => {
    for await (const message of transport.messages) read.push(message);
  })();
  const audio = (ms: number, turn = 1) =>
    transport.send({ type: 'audio', epoch: 1, turn, audio: silence(ms, transport.output) });
  const audioSent = () => client.sent.filter((message) => message.type === 'audio');
  return { ...time, client, transport, read, reading, audio, audioSent };
}

test('audio is cut into frames and runs ahead of playing by a bounded lead', async () => {
  const { audio, audioSent, pass, transport } = setUp();
  audio(5000);
  const counts = [audioSent().length];
  for (let second = 0; second < 4; second += 1) {
    await pass(1000);
    counts.push(audioSent().length);
  }
  expect(counts).toEqual([16, 26, 36, 46, 50]);
  expect(audioSent().map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, seq) => seq));
  expect(transport.audioSeq?.next()).toBe(50);
});

test('an interruption drops what is not on the wire and is told before anything else', async () => {
  const { audio, audioSent, client, pass, transport } = setUp();
  audio(5000);
  const foretold = {
    type: 'transcript',
    epoch: 1,
    turn: 1,
    role: 'assistant',
    stage: 'speculative',
    text: 'x',
  } as const;
  transport.send(foretold);
  transport.send({ ...foretold, stage: 'final', text: 'y', interrupted: true });
  const dropped = transport.flush({ epoch: 1, turn: 1 });
  audio(100, 2);
  await pass(10_000);
  expect({ dropped, audio: audioSent().length, rest: client.sent.slice(16) }).toEqual({
    dropped: { droppedMs: 3400 },
    audio: 17,
    rest: [
      { type: 'interrupted', epoch: 1, turn: 1 },
      { ...foretold, stage: 'final', text: 'y', interrupted: true },
      { type: 'audio', epoch: 1, turn: 2, seq: 16, audio: expect.any(String) },
    ],
  });
});

test('what was not played before the connection broke is sent again over the next one', async () => {
  const { audio, client, clock, read, pass, transport } = setUp();
  transport.send(READY);
  audio(1000);
  client.socket.terminate();
  transport.send({ type: 'warning', epoch: 1, code: 'budget', message: 'm' });
  const second = fakeSocket();
  const resume = { type: 'session.resume', callId: READY.callId, resumeToken: 'token', lastPlayedSeq: 6 } as const;
  const wrong = transport.resume(clientConnection(fakeSocket().socket, clock), { ...resume, resumeToken: 'no' });
  const right = transport.resume(clientConnection(second.socket, clock), resume);
  await pass(1);
  expect({
    wrong,
    right,
    again: second.sent.map((message) => ('seq' in message ? message.seq : message.type)),
    read: read.map(({ type }) => type),
  }).toEqual({
    wrong: false,
    right: true,
    again: [7, 8, 9, 'warning'],
    read: ['session.start', 'disconnected', 'session.resume'],
  });
});

test('a client that answers neither of two pings is half-open and let go', async () => {
  const { client, pass, read } = setUp();
  await pass(35_000);
  client.state.answersPings = false;
  await pass(20_000);
  const before = { pings: client.state.pings, terminated: client.state.terminated };
  await pass(10_000);
  expect([before, client.state.terminated, read.at(-1)]).toEqual([
    { pings: 6, terminated: false },
    true,
    { type: 'disconnected' },
  ]);
});

test('a client that does not read keeps its audio back, and is let go when it never reads', async () => {
  const { audio, audioSent, client, pass } = setUp();
  client.state.buffered = 100_000;
  audio(1000);
  const kept = audioSent().length;
  client.state.buffered = 0;
  await pass(100);
  const sent = audioSent().length;
  client.state.buffered = 3_000_000;
  audio(100);
  expect({ kept, sent, terminated: client.state.terminated }).toEqual({ kept: 0, sent: 10, terminated: true });
});

test('a connection is renewed before its carrier ends it', async () => {
  const { client, pass } = setUp(600_000);
  await pass(360_001);
  expect(client.sent).toEqual([
    { type: 'warning', epoch: 1, code: 'connection-renewal', message: expect.any(String), withinSeconds: 240 },
  ]);
});

test('a frame after a gap is not kept waiting for ever', async () => {
  const { client, pass, read } = setUp();
  client.say({ type: 'audio', seq: 0, audio: toneFrame(20, 16_000) });
  client.say({ type: 'audio', seq: 3, audio: toneFrame(20, 16_000) });
  await pass(200);
  expect(read.map((message) => (message.type === 'lost' ? message.frames : message.type))).toEqual([
    'session.start',
    'audio',
    2,
    'audio',
  ]);
});

test('closing sends what is left, says goodbye, and ends the messages', async () => {
  const { audio, audioSent, client, reading, transport } = setUp();
  audio(3000);
  await transport.close(1000);
  await reading;
  transport.send({ type: 'warning', epoch: 1, code: 'budget', message: 'late' });
  expect([audioSent().length, client.state.closedWith, client.sent.length]).toEqual([30, 1000, 30]);
});

test('whatever is said, interrupted and resumed: numbers never repeat without a resume, and none is left out', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('say' as const), ms: fc.integer({ min: 20, max: 700 }) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ kind: fc.constant('flush' as const) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const format = { encoding: 'pcm16', sampleRateHertz: 16_000 } as const;
      const queue = outboundQueue(format);
      let now = 0;
      const seqs: number[] = [];
      const take = (): void => {
        for (let next = queue.take(now); next !== undefined && 'message' in next; next = queue.take(now)) {
          if (next.message.type === 'audio') seqs.push(next.message.seq);
        }
      };
      for (const one of actions) {
        if (one.kind === 'say') queue.push({ type: 'audio', epoch: 1, turn: 1, audio: silence(one.ms, format) });
        if (one.kind === 'wait') now += one.ms;
        if (one.kind === 'flush') queue.flush(1);
        take();
      }
      expect(seqs).toEqual(seqs.map((_, index) => index));
    }),
  );
});
