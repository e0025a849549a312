import { describe, expect, test } from 'vitest';
import { planAssignment, releaseObstacle } from '../../../web/dashboard/numbers/assignment.ts';
import type { NumberRow } from '../../../web/dashboard/numbers/number-types.ts';
import { capabilityWords, countryName, statusWords, syncWords } from '../../../web/dashboard/numbers/number-words.ts';

const ADA = '0192f4d4-0000-7000-8000-00000000000a';
const BOB = '0192f4d4-0000-7000-8000-00000000000b';
const numberOf = (fields: Partial<NumberRow> = {}): NumberRow => ({
  phoneNumber: '+15551234567',
  provider: 'twilio',
  status: 'available',
  country: 'US',
  type: 'local',
  capabilities: { voice: true, sms: true, mms: false },
  origin: 'claimed',
  isYours: true,
  inboundAgentId: null,
  outboundAgentIds: [],
  assignedAt: null,
  claimedAt: 1,
  vanishedAt: null,
  ...fields,
});

describe('assigning a number', () => {
  test('a free one is simply given', () => {
    expect(planAssignment(numberOf(), ADA, 'inbound')).toEqual({ body: { agentId: ADA, direction: 'inbound' } });
  });

  test('one that is answered names who loses it, in the question and in the request', () => {
    const taken = numberOf({ status: 'assigned', inboundAgentId: BOB });
    expect(planAssignment(taken, ADA, 'inbound')).toEqual({
      losesId: BOB,
      body: { agentId: ADA, direction: 'inbound', replaces: BOB },
    });
    expect(planAssignment(taken, ADA, 'outbound')).toEqual({ body: { agentId: ADA, direction: 'outbound' } });
  });

  test('what is so already needs no assignment, unless the provider has not confirmed it', () => {
    const mine = numberOf({ status: 'assigned', inboundAgentId: ADA, outboundAgentIds: [ADA] });
    expect(planAssignment(mine, ADA, 'inbound').obstacle).toBe('This agent answers the number already.');
    expect(planAssignment(mine, ADA, 'outbound').obstacle).toBe('This agent may call from it already.');
    expect(planAssignment({ ...mine, status: 'pointing' }, ADA, 'inbound')).toEqual({
      body: { agentId: ADA, direction: 'inbound' },
    });
  });

  test('a number of a channel stays with it', () => {
    const brought = numberOf({ origin: 'channel', inboundAgentId: BOB });
    expect(planAssignment(brought, ADA, 'inbound').obstacle).toMatch(/A channel of an agent brought/);
  });

  test('only a claimed number that nobody has is released', () => {
    const numbers = [
      numberOf(),
      numberOf({ origin: 'stage' }),
      numberOf({ origin: 'channel' }),
      numberOf({ inboundAgentId: ADA }),
      numberOf({ outboundAgentIds: [ADA] }),
    ];
    expect(numbers.map((number) => releaseObstacle(number) ?? 'may go')).toEqual([
      'may go',
      'It belongs to the telephone account, not to you.',
      'It goes with the channel that brought it.',
      'End its assignments first.',
      'End its assignments first.',
    ]);
  });
});

test('numbers and what a sync found are told in words', () => {
  const outcome = { status: 'synced', detail: null, numbers: 3, added: 1, vanished: 0, repaired: 2 } as const;
  const none = { ...outcome, numbers: 0, added: 0, repaired: 0 };
  expect(
    syncWords({ twilio: outcome, connect: { ...none, status: 'failed', detail: 'Throttled.' }, syncedAt: 1 }),
  ).toEqual(['Twilio: 3 numbers, 1 new, 2 finished.', 'Amazon Connect: failed. Throttled.']);
  expect(syncWords({ twilio: none, connect: { ...none, status: 'not-configured' }, syncedAt: 1 })).toEqual([
    'Twilio: 0 numbers.',
    'Amazon Connect: not set up in this stage.',
  ]);
  expect([countryName('DE'), countryName(null), capabilityWords(numberOf().capabilities)]).toEqual([
    'Germany',
    '–',
    'Voice, SMS',
  ]);
  expect([numberOf(), numberOf({ status: 'pointing' }), numberOf({ vanishedAt: 5 })].map(statusWords)).toEqual([
    'Available',
    'Not confirmed yet',
    'Gone at the provider',
  ]);
});
