import { expect, test } from 'vitest';
import { NO_COST } from '../../../shared/calls/prices.ts';
import { relayCarriage } from '../../../shared/voice/relay/call-pricing.ts';
import type { Carriage } from '../../../shared/voice/session/session-ports.ts';

const costOf = (carriage: Carriage, direction: 'inbound' | 'outbound' = 'inbound') =>
  relayCarriage(direction, () => Date.UTC(2026, 10, 21, 9))(carriage);

/** One minute: 600 frames of the caller, as many of the agent. */
const minute: Carriage = {
  elapsedMs: 60_000,
  callerFrames: 600,
  sentMessages: 600,
  sentAudioMs: 60_000,
  transport: 'relay',
  channel: 'browser',
};

test('a relayed minute costs its messages, its connections and its functions, and no telephone', () => {
  const { transport, compute, ...rest } = costOf(minute);
  // 1,800 messages at 1 $ and 2 connection minutes at 0.25 $ a million; 61.5 GB-seconds and 600 requests of Lambda on ARM.
  expect([transport, compute]).toEqual([1801, Math.ceil(61.5 * 13.3334 + 600 * 0.2)]);
  expect(rest).toEqual({ model: 0, telephony: 0, speech: 0, tools: 0 });
});

test('a phone’s minute costs the telephone as well, an outbound one more than an inbound one', () => {
  const phone = { ...minute, channel: 'phone' as const };
  const inbound = costOf(phone).telephony;
  expect([inbound > 0, costOf(phone, 'outbound').telephony > inbound]).toEqual([true, true]);
  // A minute that has begun is a minute.
  expect(costOf({ ...phone, elapsedMs: 1 }).telephony).toBe(inbound);
});

test('nothing carried costs nothing', () => {
  expect(costOf({ ...minute, elapsedMs: 0, callerFrames: 0, sentMessages: 0, sentAudioMs: 0 })).toEqual(NO_COST);
});
