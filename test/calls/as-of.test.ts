import { expect, test } from 'vitest';
import { asOf } from '../../shared/calls/as-of.ts';
import { type Call, CallId } from '../../shared/calls/call.ts';
import { listCalls } from '../../shared/calls/list-calls.ts';
import { NO_COST } from '../../shared/calls/prices.ts';

const BEGAN = Date.UTC(2026, 10, 21, 9);
const MINUTE = 60_000;

const call = (changes: Partial<Call>): Call => ({
  userId: 'ann',
  callId: CallId.parse('019a5c1e-7d00-7a3b-9c55-000000000001'),
  agentId: '019a5c1e-7d00-7a3b-9c55-00000000000a',
  agentVersion: 1,
  status: 'starting',
  channel: 'browser',
  direction: 'inbound',
  transport: 'relay',
  createdAtMs: BEGAN,
  turns: 0,
  interruptions: 0,
  renewals: 0,
  handOvers: 0,
  cost: NO_COST,
  expiresAt: BEGAN / 1000 + 86_400,
  ...changes,
});

test.each<[string, Partial<Call>, number, Partial<Call>]>([
  ['a request that broke off', { status: 'queued' }, 5, { endReason: 'failed' }],
  ['a phone nobody answered', { status: 'ringing' }, 15, { endReason: 'failed', failure: 'Nobody answered.' }],
  ['a ticket nobody used', { status: 'starting' }, 3, { endReason: 'client-gone' }],
  ['a phone whose stream never came', { status: 'starting', direction: 'outbound' }, 18, { endReason: 'client-gone' }],
  ['a call that outlived the longest there may be', { status: 'active' }, 495, { endReason: 'failed' }],
])('%s is shown as failed when its time is over, not before', (_, changes, minutes, end) => {
  const stored = call(changes);
  const endedAtMs = BEGAN + minutes * MINUTE;
  expect(asOf(stored, endedAtMs - 1)).toBe(stored);
  expect(asOf(stored, endedAtMs + MINUTE)).toMatchObject({ ...stored, status: 'failed', endedAtMs, ...end });
});

test.each(['completed', 'failed'] as const)('a %s call stays what it is', (status) => {
  const stored = call({ status });
  expect(asOf(stored, BEGAN + 10_000 * MINUTE)).toBe(stored);
});

test('who asks for calls that are starting is not shown one that has failed, though its row does not say so yet', async () => {
  const list = listCalls({
    calls: { list: async () => ({ calls: [call({}), call({ createdAtMs: BEGAN + MINUTE })] }) },
    cursorKey: { read: async () => 'secret' },
    clock: { now: () => BEGAN + 3 * MINUTE },
  });
  const answer = await list({ userId: 'ann', query: { status: 'starting', limit: 20 } } as Parameters<typeof list>[0]);
  expect(answer).toMatchObject({ status: 200, body: { calls: [{ createdAtMs: BEGAN + MINUTE }], nextCursor: null } });
});
