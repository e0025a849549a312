import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ServerMessage } from '../../../shared/voice/protocol/messages.ts';
import { type TestClient, toneFrame } from './test-client.ts';

/** One call that may be started, and connections of its client. */
export interface TestCall {
  /** Resolves once the socket is open; nothing has been said. */
  readonly connect: () => Promise<TestClient>;
  /** Where `session.start` needs one: the direct path. */
  readonly ticket: string | undefined;
}

export interface TransportUnderTest {
  /**
   * A call with an agent that greets first, answers what is typed, and answers speech (400 ms of a loud tone, then
   * silence) with speech.
   */
  readonly newCall: () => Promise<TestCall>;
}

const TURN_FRAMES = 20;
const PAUSE_FRAMES = 60;
const FRAME_MS = 20;
/** Frames are sent in small bursts at twice the pace of speech: a flood would be refused. */
const BURST_FRAMES = 10;
const BURST_EVERY_MS = (BURST_FRAMES * FRAME_MS) / 2;

/** What every transport must do for a client, from outside. To be called within a `describe`. */
export function describeTransport(transport: TransportUnderTest): void {
  const start = async (extra: Record<string, unknown> = {}) => {
    const call = await transport.newCall();
    const client = await call.connect();
    client.send({ type: 'session.start', ...(call.ticket === undefined ? {} : { ticket: call.ticket }), ...extra });
    const ready = await client.next('session.ready');
    return { call, client, ready };
  };
  const speak = async (
    client: TestClient,
    order: (numbers: number[]) => number[] = (numbers) => numbers,
  ): Promise<void> => {
    const numbers = order(Array.from({ length: TURN_FRAMES + PAUSE_FRAMES }, (_, index) => index));
    const every = BURST_FRAMES * Math.ceil(numbers.length / (TURN_FRAMES + PAUSE_FRAMES));
    for (const [index, seq] of numbers.entries()) {
      if (index > 0 && index % every === 0) await pause(BURST_EVERY_MS);
      client.send({ type: 'audio', seq, audio: toneFrame(FRAME_MS, 16_000, seq < TURN_FRAMES ? 8000 : 0) });
    }
  };
  const userTurn = (client: TestClient) =>
    client.next('transcript', ({ role, stage }) => role === 'user' && stage === 'final');

  test('a session begins with what the client needs to know, then the greeting is spoken', async () => {
    const { client, ready } = await start({ outputSampleRateHertz: 16_000 });
    const greeting = await client.next('transcript', ({ role }) => role === 'assistant');
    const audio = await client.next('audio');
    expect({ ready, greeting: greeting.turn, audio }).toEqual({
      ready: {
        type: 'session.ready',
        callId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resumeToken: expect.any(String),
        epoch: 1,
        engine: expect.any(String),
        voice: expect.any(String),
        language: expect.any(String),
        outputSampleRateHertz: 16_000,
        agentName: expect.any(String),
      },
      greeting: 0,
      audio: { type: 'audio', epoch: 1, seq: 0, turn: 0, audio: expect.any(String) },
    });
    client.close();
  });

  test('typed words are a turn and get a spoken answer', async () => {
    const { client } = await start();
    client.send({ type: 'text', text: 'Hello there' });
    const { turn, text } = await userTurn(client);
    const answer = await client.next('transcript', (message) => message.role === 'assistant' && message.turn === turn);
    await client.next('audio', (audio) => audio.turn === turn);
    expect({ text, answered: answer.text.length > 0 }).toEqual({ text: 'Hello there', answered: true });
    client.close();
  });

  test('spoken words are a turn and get a spoken answer', async () => {
    const { client } = await start();
    await speak(client);
    const { turn } = await userTurn(client);
    const audio = await client.next('audio', (message) => message.turn === turn);
    expect(audio.turn).toBeGreaterThan(0);
    client.close();
  });

  test.each([
    ['in pairs reversed', (numbers: number[]) => numbers.flatMap((n) => (n % 2 === 0 ? [n + 1, n] : []))],
    ['each twice', (numbers: number[]) => numbers.flatMap((n) => [n, n])],
    ['with gaps', (numbers: number[]) => numbers.filter((n) => n % 7 !== 3)],
  ])('frames that come %s are still one turn', async (_how, order) => {
    const { client } = await start();
    await speak(client, order);
    await userTurn(client);
    client.send({ type: 'ping', id: 'after' });
    await client.next('pong', ({ id }) => id === 'after');
    expect(client.messages.filter(({ type }) => type === 'problem')).toEqual([]);
    client.close();
  });

  test.each<[string, unknown]>([
    ['bad base64', { type: 'audio', seq: 0, audio: '***' }],
    ['an odd number of bytes', { type: 'audio', seq: 0, audio: Buffer.alloc(641).toString('base64') }],
    ['a frame of another rate', { type: 'audio', seq: 0, audio: toneFrame(100, 24_000) }],
    ['a frame too short', { type: 'audio', seq: 0, audio: toneFrame(10, 16_000) }],
    ['a number below zero', { type: 'audio', seq: -1, audio: toneFrame(20, 16_000) }],
    ['an unknown type', { type: 'teleport' }],
    ['an unknown member', { type: 'session.end', now: true }],
    ['letters for keys', { type: 'dtmf', digits: 'xyz' }],
    ['words too long', { type: 'text', text: 'x'.repeat(1001) }],
  ])('%s is told to the client, and the call goes on', async (_what, message) => {
    const { client } = await start();
    client.send(message);
    const problem = await client.next('problem');
    client.send({ type: 'ping', id: 'still here' });
    await client.next('pong', ({ id }) => id === 'still here');
    expect({ retryable: problem.retryable, closeCode: problem.closeCode }).toEqual({
      retryable: false,
      closeCode: undefined,
    });
    client.close();
  });

  test('a client that talks nonsense again and again is let go', async () => {
    const { client } = await start();
    for (let count = 0; count < 6; count += 1) client.sendRaw('nonsense');
    const problem = await client.next('problem', ({ closeCode }) => closeCode !== undefined);
    expect(problem.closeCode).toBe(4400);
    await client.closed;
  });

  test.each([33, 129])('a frame of %d KB closes the connection', async (kilobytes) => {
    const { client } = await start();
    client.send({ type: 'text', text: 'x'.repeat(kilobytes * 1024) });
    expect([4413, 1009]).toContain(await client.closed);
  });

  test('a ping gets its pong', async () => {
    const { client } = await start();
    client.send({ type: 'ping', id: 'p1' });
    expect(await client.next('pong')).toEqual({ type: 'pong', id: 'p1' });
    client.close();
  });

  test('the client ends the call and hears that it is over', async () => {
    const { client, ready } = await start();
    client.send({ type: 'session.end' });
    const ended = await client.next('session.ended');
    expect(ended).toEqual({
      type: 'session.ended',
      epoch: expect.any(Number),
      reason: 'client-ended',
      callId: ready.callId,
    });
    await client.closed;
  });

  test('a client that lost its connection goes on over another one', async () => {
    const { call, client, ready } = await start();
    await client.next('audio');
    client.cut();
    const again = await call.connect();
    again.send(resumeOf(ready, call));
    again.send({ type: 'text', text: 'Are you still there?' });
    expect((await userTurn(again)).text).toBe('Are you still there?');
    again.close();
  });

  test('a connection that a newer one replaces is let go', async () => {
    const { call, client, ready } = await start();
    const again = await call.connect();
    again.send(resumeOf(ready, call));
    again.send({ type: 'ping', id: 'here' });
    await again.next('pong');
    expect([4409, 1000, 1005]).toContain(await client.closed);
    again.close();
  });

  test('nobody resumes a call without its token', async () => {
    const { call, client, ready } = await start();
    const thief = await call.connect();
    thief.send({ ...resumeOf(ready, call), resumeToken: 'stolen' });
    expect((await thief.next('problem')).closeCode).toBe(4401);
    await thief.closed;
    client.send({ type: 'ping', id: 'mine' });
    await client.next('pong');
    client.close();
  });

  test('a client may leave at any moment', async () => {
    const call = await transport.newCall();
    (await call.connect()).cut();
    const started = await transport.newCall();
    const early = await started.connect();
    early.send({ type: 'session.start', ...(started.ticket === undefined ? {} : { ticket: started.ticket }) });
    early.cut();
    const { client } = await start();
    void speak(client);
    client.cut();
    const { client: last } = await start();
    last.send({ type: 'ping' });
    expect(await last.next('pong')).toEqual({ type: 'pong' });
    last.close();
  });
}

const resumeOf = (ready: Extract<ServerMessage, { type: 'session.ready' }>, call: TestCall) => ({
  type: 'session.resume',
  callId: ready.callId,
  resumeToken: ready.resumeToken,
  lastPlayedSeq: -1,
  ...(call.ticket === undefined ? {} : { ticket: call.ticket }),
});
