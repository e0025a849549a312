import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId } from '../../shared/calls/call.ts';
import { randomIds } from '../../shared/kernel/real-dependencies.ts';
import { toldAgents } from '../../shared/live/agent-feed.ts';
import { agentMessage } from '../../shared/live/agent-message.ts';
import { callFeed } from '../../shared/live/call-feed.ts';
import { fanOut } from '../../shared/live/fan-out.ts';
import { listCallEvents } from '../../shared/live/list-call-events.ts';
import { OperatorMessage } from '../../shared/live/operator-messages.ts';
import { toldCalls } from '../../shared/live/told-calls.ts';
import { toldSessions } from '../../shared/live/told-sessions.ts';
import { callTopic } from '../../shared/live/topics.ts';
import { keepCall } from '../../shared/voice/keeper/keep-call.ts';
import { sessionKeeper } from '../../shared/voice/keeper/session-keeper.ts';
import { hashOfToken } from '../../shared/voice/stores/session-keys.ts';
import { servingAgent } from '../access/support/tables.ts';
import { AGENT, startGateway } from '../voice/gateway/support.ts';
import { checkpoint, draftOf, newCallId } from '../voice/stores/support.ts';

let gateway: Awaited<ReturnType<typeof startGateway>>;
let connections = 0;

beforeAll(async () => {
  gateway = await startGateway(20);
  await gateway.putAgent({ ...servingAgent(AGENT), statusKey: `active#${AGENT}` } as never);
});
afterAll(() => gateway?.stop());

/** Somebody of a tenant who watches. */
const operator = async (userId = 'ann') => {
  connections += 1;
  const connectionId = `operator-${connections}=`;
  const ticket = randomIds.secret();
  const grant = { kind: 'operator' as const, userId, operator: { id: userId, name: `${userId}@tenant.example` } };
  await gateway.tickets.issue(hashOfToken(ticket), grant, gateway.time.nowMs + 60_000);
  const connect = { queryStringParameters: { ticket } };
  const event = { requestContext: { eventType: 'CONNECT', connectionId }, ...connect };
  expect(await gateway.handle(event)).toEqual({ statusCode: 200 });
  let read = 0;
  return {
    connectionId,
    ticket,
    say: (message: object | string) => gateway.say(connectionId, message),
    leave: () => gateway.leave(connectionId),
    /** What came since it was asked last; all of it as the contract says. */
    news: () => {
      const all = gateway.heard(connectionId);
      const news = all.slice(read).map((message) => OperatorMessage.parse(message));
      read = all.length;
      return news;
    },
  };
};

const telling = () => {
  const lines = fanOut({ sockets: gateway.deps.sockets, log: () => undefined });
  const { watches, calls, control, deps } = gateway;
  const agentName = async () => 'Shop';
  const feed = callFeed({ watches, calls, control, agentName, fanOut: lines, clock: deps.clock, log: () => undefined });
  const tell = async (work: () => Promise<void>) => {
    await work();
    await lines.idle();
  };
  return {
    lines,
    feed,
    sessions: toldSessions({ sessions: gateway.sessions, feed, tell }),
    calls: toldCalls({ calls, feed, tell }),
  };
};

/** A call that an owner has opened, with the keeper that writes its record. */
const ownedCall = async (userId = 'ann') => {
  const callId = newCallId();
  const { sessions, feed } = telling();
  const { nowMs } = gateway.time;
  const rows = draftOf(callId, userId, { nowMs });
  expect(await sessions.open({ ...rows, lineUntilMs: nowMs + 60_000, nowMs, mayWait: false })).toEqual({
    opened: true,
  });
  await sessions.callOwner({ callId, epoch: 1, tokenHash: hashOfToken('first'), cause: 'start', calledAtMs: nowMs });
  const keeper = sessionKeeper({ ...gateway.keeperDeps, sessions, feed }, { callId, epoch: 1, ownerToken: 'first' });
  await keeper.claim();
  const said = (seq: number, text: string) => ({
    kind: 'turn' as const,
    seq,
    atMs: nowMs + seq,
    role: 'user' as const,
    turnNumber: seq,
    text,
    via: 'text' as const,
  });
  return {
    callId,
    say: (seq: number, text: string) =>
      keeper.record({ entries: [said(seq, text)], checkpoint: checkpoint(seq + 1), spentMicroUsd: 0 }),
    pass: (text: string) =>
      keeper.pass?.(
        [
          {
            type: 'call.event',
            event: { seq: null, atMs: nowMs, kind: 'transcript', turn: 9, role: 'user', stage: 'speculative', text },
          },
        ],
        [],
      ),
    end: () => keeper.finish({ status: 'completed', reason: 'client-ended', checkpoint: checkpoint(0), entries: [] }),
  };
};

const transcript = (callId: CallId, seq: number, text: string) => {
  const at = { seq, atMs: gateway.time.nowMs + seq };
  const said = { kind: 'transcript', turn: seq, role: 'user', stage: 'final', text, via: 'text' };
  return { type: 'call.event', callId, event: { ...at, ...said } };
};

test('a ticket lets an operator in once; nonsense is refused in words, a ping answered', async () => {
  const ann = await operator();
  const again = { eventType: 'CONNECT', connectionId: 'second' };
  expect(await gateway.handle({ requestContext: again, queryStringParameters: { ticket: ann.ticket } })).toEqual({
    statusCode: 401,
  });
  for (const message of ['nonsense', { type: 'subscribe', topics: ['everything'] }, { type: 'ping', id: '7' }]) {
    await ann.say(message);
  }
  expect(ann.news()).toMatchObject([
    { type: 'problem', code: 'invalid-message' },
    { type: 'problem', code: 'invalid-message', errors: [{ pointer: '/topics/0' }] },
    { type: 'pong', id: '7' },
  ]);
});

test('who subscribes is told how things stand, then whatever happens, without a gap', async () => {
  const call = await ownedCall();
  const { callId } = call;
  await call.say(0, 'Hello?');
  const ann = await operator();
  await ann.say({ type: 'subscribe', topics: ['agents', 'calls', callTopic(callId)] });
  const view = { callId, agentId: AGENT, agentName: 'Shop', status: 'active', turns: 1, fromNumber: null };
  expect(ann.news()).toMatchObject([
    { type: 'call', call: view },
    { type: 'call', call: view },
    { type: 'call.events', callId, events: [transcript(callId, 0, 'Hello?').event] },
    { type: 'subscribed', topics: expect.arrayContaining(['agents', 'calls', callTopic(callId)]) },
  ]);
  await call.say(1, 'How long?');
  await call.end();
  expect(ann.news()).toMatchObject([
    transcript(callId, 1, 'How long?'),
    { type: 'call', call: { ...view, turns: 2 } },
    {
      type: 'call.event',
      event: { seq: 2, atMs: gateway.time.nowMs, kind: 'ended', status: 'completed', reason: 'client-ended' },
    },
    { type: 'call', call: { ...view, status: 'completed', turns: 2 } },
  ]);
});

test('a call is told of while it waits and rings, also when nothing comes of it', async () => {
  const ann = await operator();
  await ann.say({ type: 'subscribe', topics: ['calls'] });
  ann.news();
  const { calls } = telling();
  const { nowMs } = gateway.time;
  const parties = { nowMs, channel: 'phone', direction: 'outbound', transport: 'twilio' } as const;
  const { call } = draftOf(newCallId(), 'ann', parties);
  const { userId, callId } = call;
  await calls.insert({ ...call, status: 'queued' });
  await calls.transition({ userId, callId }, 'dial', {});
  const end = { failure: 'Nobody answered.', endReason: 'failed', endedAtMs: nowMs } as const;
  await calls.transition({ userId, callId }, 'fail', end);
  await calls.transition({ userId, callId }, 'fail', end);
  const view = { callId, agentId: AGENT, agentName: 'Shop', direction: 'outbound' };
  expect(ann.news()).toMatchObject(
    ['queued', 'ringing', 'failed'].map((status) => ({ type: 'call', call: { ...view, status } })),
  );
});

test('whose hand a call is in is part of its state, and of all that is told of it', async () => {
  const { callId, say } = await ownedCall();
  const [ann, late] = [await operator(), await operator()];
  await ann.say({ type: 'subscribe', topics: ['calls'] });
  const handOf = (messages: readonly OperatorMessage[]) =>
    messages.flatMap((message) =>
      message.type === 'call' && message.call.callId === callId ? [message.call.controller?.operator.name] : [],
    );
  const before = handOf(ann.news());
  const { nowMs } = gateway.time;
  const olga = { id: 'sign-in-1', name: 'olga@example.com' };
  const command = { callId, userId: 'ann', commandId: randomIds.inOrder(), operator: olga, atMs: nowMs, force: false };
  await gateway.control.accept({ ...command, action: 'whisper', text: 'Psst' });
  const { feed, lines } = telling();
  await feed.changed({ userId: 'ann', callId });
  await lines.idle();
  await say(0, 'Hello?');
  await late.say({ type: 'subscribe', topics: ['calls', callTopic(callId)] });
  await gateway.control.release(callId, olga, { force: false, nowMs });
  await feed.changed({ userId: 'ann', callId });
  await lines.idle();
  expect({ before, told: handOf(ann.news()), state: handOf(late.news()) }).toEqual({
    before: [undefined],
    told: [olga.name, olga.name, undefined],
    state: [olga.name, olga.name, undefined],
  });
});

test('what is read later is what was streamed, from any point on', async () => {
  const call = await ownedCall();
  for (const [seq, text] of ['one', 'two', 'three'].entries()) await call.say(seq, text);
  await call.end();
  const read = listCallEvents({ calls: gateway.calls, clock: gateway.deps.clock });
  const asked = async (userId: string, after?: number) => {
    const query = after === undefined ? {} : { after };
    const { body } = await read({ userId, params: { callId: call.callId.toUpperCase() }, query } as never);
    return body;
  };
  const ended = { seq: 3, atMs: gateway.time.nowMs, kind: 'ended', status: 'completed', reason: 'client-ended' };
  const said = ['one', 'two', 'three'].map((text, seq) => transcript(call.callId, seq, text).event);
  expect(await asked('ann')).toEqual({ events: [...said, ended], next: 3 });
  expect(await asked('ann', 1)).toEqual({ events: [said[2], ended], next: 3 });
  expect(await asked('ann', 3)).toEqual({ events: [], next: 3 });
  await expect(asked('bob')).rejects.toMatchObject({ code: 'call-not-found' });
});

test('one tenant sees nothing of another’s: neither state nor stream, nor that there is such a call', async () => {
  const call = await ownedCall('ann');
  await call.say(0, 'A secret.');
  const bob = await operator('bob');
  const none = '019a5c1e-7d00-7a3b-9c55-ffffffffffff';
  await bob.say({ type: 'subscribe', topics: ['calls', 'agents'] });
  await bob.say({ type: 'subscribe', topics: [callTopic(call.callId), `${callTopic(call.callId)}:audio`] });
  await bob.say({ type: 'subscribe', topics: [callTopic(none)] });
  await call.say(1, 'Another one.');
  await call.end();
  const refused = (topic: string) => ({
    type: 'problem',
    code: 'call-not-found',
    title: 'There is no such call',
    detail: 'None of your calls has this id.',
    retryable: false,
    topic,
  });
  expect(bob.news()).toEqual([
    { type: 'subscribed', topics: expect.arrayContaining(['agents', 'calls']) },
    refused(callTopic(call.callId)),
    refused(`${callTopic(call.callId)}:audio`),
    refused(callTopic(none)),
  ]);
});

test('who leaves a topic, hangs up or is down is told nothing more and forgotten', async () => {
  const call = await ownedCall();
  const { callId } = call;
  const watching = () => gateway.watches.ofCall({ callId, userId: 'ann' });
  const [left, gone, down] = [await operator(), await operator(), await operator()];
  for (const one of [left, gone, down]) await one.say({ type: 'subscribe', topics: [callTopic(callId)] });
  await left.say({ type: 'unsubscribe', topics: [callTopic(callId)] });
  await gone.leave();
  gateway.gone.add(down.connectionId);
  const here = (await watching()).map(({ connectionId }) => connectionId);
  expect(here).toContain(down.connectionId);
  for (const one of [left, gone, down]) one.news();
  await call.say(0, 'Is anybody there?');
  expect([left, gone, down].flatMap((one) => one.news())).toEqual([]);
  expect((await watching()).filter(({ topics }) => topics.includes(callTopic(callId)))).toEqual([]);
});

test('a connection watches at most fifty topics', async () => {
  const calls = Array.from({ length: 51 }, () => newCallId());
  const { nowMs } = gateway.time;
  for (const callId of calls) await gateway.calls.insert(draftOf(callId, 'ann', { nowMs }).call);
  const ann = await operator();
  await ann.say({ type: 'subscribe', topics: calls.slice(0, 50).map(callTopic) });
  expect(ann.news().at(-1)).toMatchObject({ type: 'subscribed' });
  await ann.say({ type: 'subscribe', topics: [callTopic(calls[50] as CallId)] });
  expect(ann.news()).toMatchObject([{ type: 'problem', code: 'too-many-topics' }]);
});

test('each write of an agent reaches whoever watches agents of its tenant, and a feed that fails costs no write', async () => {
  const [ann, bob] = [await operator('ann'), await operator('bob')];
  for (const one of [ann, bob]) await one.say({ type: 'subscribe', topics: ['agents'] });
  for (const one of [ann, bob]) one.news();
  const { lines } = telling();
  const logged: string[] = [];
  const agent = servingAgent(AGENT, { status: 'creating' });
  const store = { recordStep: async () => ({ written: true as const, agent }) } as never;
  const within = (work: Promise<void>) => work;
  const log = (code: string) => void logged.push(code);
  await toldAgents(store, { watches: gateway.watches, fanOut: lines, within, log }).recordStep(
    ...([] as unknown as [never, never, never, never]),
  );
  const broken = { ofTenant: () => Promise.reject(new Error('throttled')) };
  const written = await toldAgents(store, { watches: broken, fanOut: lines, within, log }).recordStep(
    ...([] as unknown as [never, never, never, never]),
  );
  expect({ ann: ann.news(), bob: bob.news(), written, logged }).toEqual({
    ann: [agentMessage(agent)],
    bob: [],
    written: { written: true, agent },
    logged: ['live.agent.not-told'],
  });
});

test('an owner outside reaches whoever watches its own call, with what passes and nothing else', async () => {
  const call = await ownedCall();
  const [ann, bob] = [await operator('ann'), await operator('bob')];
  await ann.say({ type: 'subscribe', topics: [callTopic(call.callId)] });
  await bob.say({ type: 'subscribe', topics: ['calls'] });
  for (const one of [ann, bob]) one.news();
  const { feed, lines } = telling();
  const keep = keepCall({ ...gateway.keeperDeps, telling: { feed, settle: lines.idle } } as never);
  const meter = { seq: null, atMs: 5, kind: 'meter', costMicroUsd: 3, elapsedSeconds: 1 };
  const owner = { method: 'pass', callId: call.callId, epoch: 1, ownerToken: 'first' };
  const outcomes = [
    await keep({ ...owner, passing: [{ type: 'call.event', event: meter }] }),
    await keep({ ...owner, passing: [{ type: 'call.event', event: { ...meter, seq: 1 } }] }),
    await keep({ ...owner, ownerToken: 'stolen', passing: [{ type: 'call.event', event: meter }] }),
  ];
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'invalid', 'fenced']);
  expect({ ann: ann.news(), bob: bob.news() }).toEqual({
    ann: [{ type: 'call.event', callId: call.callId, event: meter }],
    bob: [],
  });
});
