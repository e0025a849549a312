import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { voiceGateway } from '../../../shared/voice/gateway/voice-gateway.ts';
import type { OwnerSummons } from '../../../shared/voice/keeper/call-owner.ts';
import type { VoiceConnection } from '../../../shared/voice/stores/voice-session.ts';
import { servingAgent } from '../../access/support/tables.ts';
import { AGENT, FRAME, START, startGateway } from './support.ts';

let world: Awaited<ReturnType<typeof startGateway>>;
let count = 0;
let client = '';

beforeAll(async () => {
  world = await startGateway();
  await world.putAgent(servingAgent(AGENT));
  await world.putAgent(servingAgent(AGENT, { userId: 'bob' as never }));
});
afterAll(() => world.stop());
beforeEach(() => {
  count += 1;
  client = `client-${count}`;
  // Lines of the test before are free again.
  world.time.nowMs += 3_600_000;
});

const begin = async (): Promise<OwnerSummons> => {
  await world.connect(client);
  await world.say(client, START);
  const summons = world.summoned.at(-1);
  if (summons === undefined) throw new Error('Nobody was called.');
  return summons;
};

test('a ticket opens one connection; without a credential, or with a used one, the handshake is refused', async () => {
  expect(await world.connect(client)).toEqual({ statusCode: 200 });
  const event = { requestContext: { eventType: 'CONNECT', connectionId: 'x' } };
  const handle = voiceGateway(world.deps);
  expect(await handle(event)).toEqual({ statusCode: 401 });
  expect(await handle({ ...event, queryStringParameters: { ticket: 'used' } })).toEqual({ statusCode: 401 });
  expect(await handle({ ...event, headers: { 'X-Api-Key': 'ok_wrong' } })).toEqual({ statusCode: 401 });
});

test('a caller’s frames reach the owner in envelopes, and no table is read for them once it is known where it is', async () => {
  const summons = await begin();
  await world.keeperOf(summons).claim();
  expect(await world.connectOwner(`owner-${count}`, summons)).toEqual({ statusCode: 200 });
  await world.say(client, FRAME);
  await world.say(client, { ...FRAME, seq: 1 });
  const atMs = world.time.nowMs;
  expect(world.heard(`owner-${count}`)).toEqual([
    { connectionId: client, atMs, message: FRAME },
    { connectionId: client, atMs, message: { ...FRAME, seq: 1 } },
  ]);
  expect(await world.calls.find({ userId: 'ann', callId: summons.callId })).toMatchObject({
    status: 'active',
    transport: 'relay',
  });
});

test('an owner that died is replaced: the gateway sees its 410, waits briefly, and calls the next epoch once', async () => {
  const summons = await begin();
  await world.keeperOf(summons).claim();
  await world.connectOwner(`owner-${count}`, summons);
  await world.say(client, FRAME);
  world.gone.add(`owner-${count}`);
  await world.say(client, FRAME);
  expect(world.summoned.at(-1)).toEqual(summons);
  world.time.nowMs += 3000;
  await world.say(client, FRAME);
  await world.say(client, FRAME);
  expect(world.summoned.filter(({ callId }) => callId === summons.callId).map(({ epoch }) => epoch)).toEqual([1, 2]);
  const successor = world.summoned.at(-1) as OwnerSummons;
  const briefing = await world.keeperOf(successor).claim();
  expect(briefing).toMatchObject({ cause: 'takeover', callId: summons.callId });
  expect(await world.connectOwner('late', summons)).toEqual({ statusCode: 409 });
});

test('who finds all lines taken waits, keeps the place by pinging, and is served when a line is free', async () => {
  const first = await begin();
  client = `${client}-second`;
  await begin();
  await world.connect('waiting');
  await world.say('waiting', START);
  expect(world.heard('waiting')).toEqual([{ type: 'session.queued', position: 1 }]);
  const failure = 'Nobody came.';
  await world.sessions.abandon(
    { callId: first.callId, userId: 'ann' },
    { reason: 'failed', failure, nowMs: world.time.nowMs },
  );
  await world.say('waiting', { type: 'ping' });
  expect(world.heard('waiting').at(-1)).toEqual({ type: 'pong' });
  const call = await world.calls.list({ userId: 'ann', limit: 1 });
  expect(world.summoned.at(-1)?.callId).toBe(call.calls[0]?.callId);
});

test('who calls a paused agent is told its notice, a stopped one lets nobody in', async () => {
  const calls = (await world.calls.list({ userId: 'ann', limit: 100 })).calls.length;
  try {
    await world.putAgent(servingAgent(AGENT, { status: 'paused', notices: { paused: 'Back on Monday.' } }));
    expect(await world.connect(client)).toEqual({ statusCode: 200 });
    await world.say(client, START);
    expect(world.heard(client)).toEqual([
      {
        type: 'problem',
        code: 'agent-paused',
        title: 'The agent is paused',
        detail: 'Back on Monday.',
        retryable: false,
        closeCode: 4409,
      },
    ]);
    expect(world.gone.has(client)).toBe(true);
    await world.putAgent(servingAgent(AGENT, { status: 'stopped' }));
    expect(await world.connect(`${client}-late`)).toEqual({ statusCode: 409 });
    expect((await world.calls.list({ userId: 'ann', limit: 100 })).calls).toHaveLength(calls);
  } finally {
    await world.putAgent(servingAgent(AGENT));
  }
});

test('five messages may be nonsense; the sixth ends the connection with code 4400', async () => {
  await world.connect(client);
  for (let index = 0; index < 6; index += 1) await world.say(client, { type: 'audio', seq: -1, audio: '' });
  expect(world.heard(client).map((message) => (message as { closeCode?: number }).closeCode)).toEqual([
    ...Array(5).fill(undefined),
    4400,
  ]);
  expect(world.gone.has(client)).toBe(true);
});

test('another client cannot go on with a call, even with its token; its own client can', async () => {
  const summons = await begin();
  const { resumeToken, callId } = await world.keeperOf(summons).claim();
  await world.connectOwner(`owner-${count}`, summons);
  const resume = { type: 'session.resume', callId, resumeToken, lastPlayedSeq: -1 };
  await world.connect('thief', 'bob');
  await world.say('thief', resume);
  expect(world.heard('thief')).toMatchObject([{ type: 'problem', closeCode: 4401 }]);
  await world.connect(`${client}-again`);
  await world.say(`${client}-again`, resume);
  expect(world.heard(`owner-${count}`)).toMatchObject([{ connectionId: `${client}-again`, message: resume }]);
  expect(world.gone.has(client)).toBe(true);
});

test('an owner whose connection ends is looked for even while its caller is silent', async () => {
  const summons = await begin();
  await world.keeperOf(summons).claim();
  await world.connectOwner(`owner-${count}`, summons);
  await world.leave(`owner-${count}`);
  expect(world.summoned.at(-1)).toMatchObject({ callId: summons.callId, epoch: 2 });
});

test('a caller who leaves before anybody answered leaves no line taken and no call open; its owner comes too late', async () => {
  const summons = await begin();
  await world.leave(client);
  expect(await world.calls.find({ userId: 'ann', callId: summons.callId })).toMatchObject({
    status: 'failed',
    endReason: 'client-gone',
    failure: 'The caller left before the call was answered.',
    endedAtMs: world.time.nowMs,
  });
  await expect(world.keeperOf(summons).claim()).rejects.toThrow('Somebody else owns call');
  // Both lines are free again.
  for (const next of ['a', 'b']) {
    client = `${client}-${next}`;
    expect((await begin()).callId).not.toBe(summons.callId);
    expect(world.heard(client)).toEqual([]);
  }
});

test('a call for which three owners were called in vain ends, and its caller is told', async () => {
  const { callId } = await begin();
  for (let waited = 0; waited < 4; waited += 1) {
    world.time.nowMs += 8000;
    await world.say(client, FRAME);
  }
  expect(world.summoned.filter((summons) => summons.callId === callId).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(world.heard(client)).toMatchObject([{ type: 'problem', code: 'service-unavailable', closeCode: 4500 }]);
  expect(world.gone.has(client)).toBe(true);
  expect(await world.calls.find({ userId: 'ann', callId })).toMatchObject({ status: 'failed', endReason: 'failed' });
});

test('a call whose owner died and whose successors do not come ends when its lease has', async () => {
  const summons = await begin();
  const { callId } = summons;
  const keeper = world.keeperOf(summons);
  await keeper.claim();
  await world.connectOwner(`owner-${count}`, summons);
  await world.say(client, FRAME);
  world.gone.add(`owner-${count}`);
  for (let waited = 0; waited < 6; waited += 1) {
    // The old owner lives as far as its lease tells: the call is its until it has let that run out.
    if (waited < 5) await keeper.renew();
    else world.time.nowMs += 15_000;
    await world.say(client, FRAME);
    world.time.nowMs += 8000;
  }
  expect(world.summoned.filter((called) => called.callId === callId).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  expect(world.heard(client)).toMatchObject([{ type: 'problem', closeCode: 4500 }]);
  expect(await world.calls.find({ userId: 'ann', callId })).toMatchObject({ status: 'failed', endReason: 'failed' });
  await expect(keeper.renew()).rejects.toThrow('Somebody else owns call');
});

test('a caller who leaves when the owner is lost, too, has a successor called that closes the record', async () => {
  const summons = await begin();
  await world.keeperOf(summons).claim();
  await world.connectOwner(`owner-${count}`, summons);
  world.gone.add(`owner-${count}`);
  await world.leave(client);
  expect(world.summoned.at(-1)).toMatchObject({ callId: summons.callId, epoch: 2 });
});

test('a frame of a caller or a phone whose owner is known is one post and nothing else: no table, no log', async () => {
  const forbidden = new Proxy({}, { get: (_, name) => () => Promise.reject(new Error(`asked for ${String(name)}`)) });
  const posted: string[] = [];
  const logged: string[] = [];
  const handle = voiceGateway({
    ...world.deps,
    sessions: forbidden as typeof world.deps.sessions,
    connections: forbidden as typeof world.deps.connections,
    calls: forbidden as typeof world.deps.calls,
    agents: forbidden as typeof world.deps.agents,
    sockets: {
      ...world.deps.sockets,
      post: async (_, text) => {
        posted.push(text);
        return 'sent';
      },
    },
    log: (code) => void logged.push(code),
  });
  const media = '{"event":"media","sequenceNumber":"4","streamSid":"MZ1","media":{"payload":"/w=="}}';
  const bodies = { client: JSON.stringify(FRAME), phone: media };
  for (const [kind, body] of Object.entries(bodies)) {
    const peer = kind === 'phone' ? { kind } : { kind, userId: 'ann', agentId: AGENT };
    const connection = { connectionId: `hot-${kind}`, peer, callId: 'call', badMessages: 0, expiresAt: 0 };
    const known = world.deps.cache.put(connection as VoiceConnection, world.time.nowMs);
    known.ownerConnectionId = 'owner';
    const requestContext = { eventType: 'MESSAGE', connectionId: `hot-${kind}` };
    expect(await handle({ requestContext, body })).toEqual({ statusCode: 200 });
  }
  expect(logged).toEqual([]);
  expect(posted.map((text) => JSON.parse(text))).toMatchObject([
    { connectionId: 'hot-client', message: FRAME },
    { connectionId: 'hot-phone', message: JSON.parse(media) },
  ]);
});

test('nonsense that was on its way when its connection was closed is no failure', async () => {
  await world.connect(client);
  await world.deps.connections.disconnect(client);
  const logged: string[] = [];
  const { voiceGateway } = await import('../../../shared/voice/gateway/voice-gateway.ts');
  const handle = voiceGateway({ ...world.deps, log: (code) => void logged.push(code) });
  const event = { requestContext: { eventType: 'MESSAGE', connectionId: client }, body: 'nonsense' };
  expect({ answer: await handle(event), logged }).toEqual({ answer: { statusCode: 200 }, logged: [] });
  expect(world.gone.has(client)).toBe(true);
});
