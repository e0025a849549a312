import { expect, test } from 'vitest';
import type { Passing } from '../../shared/live/call-feed.ts';
import { sessionFeed } from '../../shared/live/session-feed.ts';
import { audioTopic, callTopic } from '../../shared/live/topics.ts';
import type { Watcher } from '../../shared/live/watches.ts';
import { virtualClock } from '../voice/support/virtual-clock.ts';

const CALL = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const MULAW = { encoding: 'mulaw', sampleRateHertz: 8000 } as const;
const reads = (connectionId: string): Watcher => ({ connectionId, topics: [callTopic(CALL)] });
const listens = (connectionId: string): Watcher => ({ connectionId, topics: [audioTopic(CALL)] });

const feedOf = () => {
  const clock = virtualClock(0);
  const delivered: { readonly to: readonly string[]; readonly passing: readonly Passing[] }[] = [];
  const feed = sessionFeed({
    callId: CALL,
    clock,
    caller: MULAW,
    agent: MULAW,
    batchMs: 200,
    deliver: async (passing, watchers) => {
      delivered.push({ to: watchers.map(({ connectionId }) => connectionId), passing });
    },
  });
  return { clock, delivered, feed };
};

const HINT = { type: 'transcript', epoch: 1, turn: 1, role: 'user', stage: 'speculative', text: 'How long' } as const;

test('while nobody watches nothing is delivered', async () => {
  const { clock, delivered, feed } = feedOf();
  feed.said(HINT);
  feed.caller(new Uint8Array(1600));
  feed.agent(new Uint8Array(1600));
  await clock.advance(5000);
  expect(delivered).toEqual([]);
});

test('who reads a call sees words that may still change, tools that begin and the meter; final words are on record', async () => {
  const { clock, delivered, feed } = feedOf();
  feed.watched([reads('ann')]);
  feed.said(HINT);
  feed.said({ ...HINT, stage: 'final' });
  feed.said({ ...HINT, role: 'assistant', stage: 'final', text: '100 nights.' });
  feed.said({ type: 'tool', epoch: 1, turn: 1, toolUseId: 't1', name: 'askAgent', status: 'started' });
  feed.said({ type: 'tool', epoch: 1, turn: 1, toolUseId: 't1', name: 'askAgent', status: 'finished', durationMs: 9 });
  feed.said({ type: 'meter', epoch: 1, costMicroUsd: 12, elapsedSeconds: 3 });
  feed.caller(new Uint8Array(1600));
  await clock.advance(1000);
  const at = { seq: null, atMs: 0 };
  expect(delivered.flatMap(({ to, passing }) => passing.map((one) => ({ to, one })))).toEqual(
    [
      { ...at, kind: 'transcript', turn: 1, role: 'user', stage: 'speculative', text: 'How long' },
      { ...at, kind: 'transcript', turn: 1, role: 'assistant', stage: 'speculative', text: '100 nights.' },
      { ...at, kind: 'tool', turn: 1, toolUseId: 't1', name: 'askAgent', status: 'started' },
      { ...at, kind: 'meter', costMicroUsd: 12, elapsedSeconds: 3 },
    ].map((event) => ({ to: ['ann'], one: { type: 'call.event', event } })),
  );
});

test('who listens in hears both voices in batches, until they leave or the call is over', async () => {
  const { clock, delivered, feed } = feedOf();
  feed.caller(new Uint8Array(800).fill(1));
  feed.watched([listens('ann')]);
  feed.caller(new Uint8Array(800).fill(2));
  feed.agent(new Uint8Array(1600).fill(3));
  await clock.advance(200);
  feed.watched([]);
  feed.caller(new Uint8Array(800).fill(4));
  await clock.advance(1000);
  feed.watched([listens('ann')]);
  feed.caller(new Uint8Array(800).fill(5));
  feed.close();
  await clock.advance(1000);
  const soundOf = (seq: number, role: string, byte: number, length: number) => ({
    type: 'call.audio',
    seq,
    role,
    sampleRateHertz: 8000,
    audio: Buffer.alloc(length, byte).toString('base64'),
  });
  expect(delivered).toEqual([{ to: ['ann'], passing: [soundOf(0, 'caller', 2, 800), soundOf(1, 'agent', 3, 1600)] }]);
});

test('what comes while a delivery is under way goes together, the oldest dropped beyond the bound', async () => {
  const clock = virtualClock(0);
  const first = Promise.withResolvers<void>();
  const delivered: (readonly Passing[])[] = [];
  const feed = sessionFeed({
    callId: CALL,
    clock,
    caller: MULAW,
    agent: MULAW,
    batchMs: 200,
    deliver: async (passing) => {
      delivered.push(passing);
      if (delivered.length === 1) await first.promise;
    },
  });
  feed.watched([reads('ann')]);
  for (let turn = 0; turn <= 100; turn += 1) feed.said({ ...HINT, turn });
  first.resolve();
  await clock.advance(1);
  const turns = delivered.map((batch) =>
    batch.map((one) => (one.type === 'call.event' && one.event.kind === 'transcript' ? one.event.turn : undefined)),
  );
  expect(turns).toEqual([[0], Array.from({ length: 60 }, (_, index) => index + 41)]);
});
