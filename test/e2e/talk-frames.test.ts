import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionCache } from '../../shared/voice/gateway/connection-cache.ts';
import { voiceGateway } from '../../shared/voice/gateway/voice-gateway.ts';
import { CLOSE_CODES, ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { RelayEnvelope } from '../../shared/voice/relay/envelope.ts';
import type { VoiceConnection } from '../../shared/voice/stores/voice-session.ts';
import { AGENT, startGateway } from '../voice/gateway/support.ts';
import { openClient, type TestClient } from '../voice/support/test-client.ts';
import { anyFrame, BAD_AUDIO, BAD_FRAMES } from './support/frames.ts';
import { startTalk, type TalkHarness, TRANSPORTS, type Transport } from './support/talk.ts';

describe('frames that no client should send', () => {
  const open: TestClient[] = [];
  let harness: TalkHarness;

  beforeAll(async () => {
    harness = await startTalk();
  });
  afterAll(async () => {
    for (const client of open) client.cut();
    await harness?.stop();
  });

  const connect = async (transport: Transport) => {
    const ticket = await harness.newTicket(transport);
    const client = await openClient(ticket.webSocketUrl);
    open.push(client);
    return { client, ticket: transport === 'direct' ? { ticket: ticket.ticket } : {} };
  };
  const start = async (transport: Transport): Promise<TestClient> => {
    const { client, ticket } = await connect(transport);
    client.send({ type: 'session.start', ...ticket });
    await client.next('session.ready');
    return client;
  };
  const sendAny = (client: TestClient, frame: object | string): void =>
    typeof frame === 'string' ? client.sendRaw(frame) : client.send(frame);
  const problemsOf = ({ messages }: TestClient) => messages.filter((message) => message.type === 'problem');
  /** The problem that a frame is answered with. */
  const answerTo = async (client: TestClient, frame: object | string) => {
    const known = problemsOf(client);
    sendAny(client, frame);
    return client.next('problem', (message) => !known.includes(message));
  };

  describe.for(TRANSPORTS)('over the %s transport', (transport) => {
    it('are answered with a problem each; the sixth ends the connection', async () => {
      const client = await start(transport);
      for (const { name, frame, problem } of BAD_FRAMES)
        expect({ name, ...(await answerTo(client, frame)) }).toMatchObject({ name, ...problem });
      const last = await answerTo(client, { type: 'sixth' });
      expect(last.closeCode).toBe(4400);
      expect(await client.closed).toBe(transport === 'direct' ? 4400 : 1000);
    });

    it('of audio that is not as announced are refused, those out of order or twice are not', async () => {
      const client = await start(transport);
      const sound = Buffer.alloc(1280).toString('base64');
      for (const seq of [2, 1, 0, 0, 1, 4, 3, 5]) client.send({ type: 'audio', seq, audio: sound });
      client.send({ type: 'ping', id: 'all well' });
      expect(await client.next('pong')).toEqual({ type: 'pong', id: 'all well' });
      expect(problemsOf(client)).toEqual([]);
      for (const { name, frame, problem } of BAD_AUDIO)
        expect({ name, ...(await answerTo(client, frame)) }).toMatchObject({ name, ...problem });
      expect(client.messages.filter((message) => message.type === 'warning')).toEqual([]);
    });

    it('before a session has started, binary or too large: the connection ends as the documentation says', async () => {
      const codes = await Promise.all(
        [{ type: 'text', text: 'x'.repeat(33 * 1024) }, 'x'.repeat(129 * 1024), Buffer.from([1, 2, 3])].map(
          async (frame) => {
            const { client } = await connect(transport);
            if (Buffer.isBuffer(frame)) client.sendRaw(frame);
            else sendAny(client, frame);
            return client.closed;
          },
        ),
      );
      // API Gateway closes what is too large or binary by itself; where the socket is ours, our codes.
      expect(codes).toEqual(transport === 'direct' ? [4413, expect.toBeOneOf([4413, 1009]), 4400] : [1009, 1009, 1003]);
      expect(Object.keys(CLOSE_CODES)).toEqual(expect.arrayContaining(['4400', '4413', '1000']));
      const { client } = await connect(transport);
      expect(await answerTo(client, { type: 'text', text: 'Hello?' })).toMatchObject({ code: 'not-started' });
    });

    it('in a flood are turned away and harm nobody else', async () => {
      const [flood, other] = [await start(transport), await start(transport)];
      for (let count = 0; count < 600; count += 1) flood.send({ type: 'playback', turn: 0, playedMs: count });
      other.send({ type: 'text', text: 'What does a puncture cost?' });
      const isAnswer = ({ role, stage, text }: { role: string; stage: string; text: string }) =>
        role === 'assistant' && stage === 'final' && text.includes('15 euros');
      await other.next('transcript', isAnswer);
      // Behind API Gateway as many processes count as there are messages at once; each lets its part through.
      if (transport === 'direct') {
        expect(await flood.next('problem')).toMatchObject({ code: 'too-many-messages', retryable: true });
        expect(await flood.closed).toBe(4429);
      }
    });
  });

  it('hundreds of any kind over the wire: none fails a function', async () => {
    const frames = fc.sample(anyFrame, { numRuns: 300, seed: 20_261_121 });
    const client = { current: await start('relay') };
    for (const [index, frame] of frames.entries()) {
      if (index % 50 === 49) {
        client.current.cut();
        client.current = index % 150 === 149 ? await start('relay') : (await connect('relay')).client;
      }
      client.current.sendRaw(frame);
    }
    const good = await start('relay');
    good.send({ type: 'ping', id: 'still there' });
    await good.next('pong');
    const log = readFileSync(join(harness.dataDir, 'logs/oratio-dev-voice-gateway.log'), 'utf8');
    const failures = log.split('\n').filter((line) => /"level":"ERROR"|Unhandled|exited|Task timed out/.test(line));
    expect(failures).toEqual([]);
  });

  it('ten thousand of any kind at the gateway: each is answered, nothing fails, and the owner gets only what it can read', async () => {
    const world = await startGateway();
    const failures: unknown[] = [];
    const rows = new Map<string, VoiceConnection>();
    const connections = {
      connect: async (row: VoiceConnection) => void rows.set(row.connectionId, row),
      find: async (id: string) => rows.get(id),
      disconnect: async (id: string) => {
        const row = rows.get(id);
        rows.delete(id);
        return row;
      },
      change: async () => true,
      countBadMessage: async () => 1,
    };
    const log = (code: string, _fields?: object, error?: unknown) => void failures.push({ code, error: String(error) });
    const cache = connectionCache();
    const handle = voiceGateway({ ...world.deps, connections, cache, log: log as typeof world.deps.log });
    const peer = { kind: 'client', userId: 'ann', agentId: AGENT } as const;
    const expiresAt = Math.ceil(world.time.nowMs / 1000) + 7200;
    const callId = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b12' as NonNullable<VoiceConnection['callId']>;
    for (const [id, call] of [
      ['talking', { callId }],
      ['silent', {}],
    ] as const) {
      const known = cache.put({ connectionId: id, peer, badMessages: 0, expiresAt, ...call }, world.time.nowMs);
      if (id === 'talking') known.ownerConnectionId = 'the owner';
    }
    const tells = fc.asyncProperty(
      fc.constantFrom('talking', 'silent'),
      anyFrame,
      fc.boolean(),
      async (connectionId, body, isBase64Encoded) => {
        world.time.nowMs += 20;
        const event = { requestContext: { connectionId, eventType: 'MESSAGE' }, body };
        const answer = await handle({ ...event, isBase64Encoded: isBase64Encoded && body.length % 7 === 0 });
        expect(answer).toEqual({ statusCode: 200 });
      },
    );
    try {
      await fc.assert(tells, { numRuns: 10_000, endOnFailure: true });
      expect(failures).toEqual([]);
      for (const message of [...world.heard('talking'), ...world.heard('silent')]) ServerMessage.parse(message);
      for (const envelope of world.heard('the owner')) RelayEnvelope.parse(envelope);
    } finally {
      await world.stop();
    }
  });
});
