import fc from 'fast-check';
import { expect, test } from 'vitest';
import { handoffAttributes } from '../../shared/connect/handoff.ts';
import { sentimentOf } from '../../shared/connect/sentiment.ts';

const recent = (text: string) => [{ channel: 'whatsapp' as const, role: 'user' as const, text, atMs: 1 }];
const HANDED = { agentId: 'a-1', channel: 'whatsapp', customerId: 'c-1', apiUrl: 'https://api.example.com' };

test('a person is told why, what was collected, the mood, and where the transcript is', () => {
  expect(
    handoffAttributes({
      ...HANDED,
      handoff: {
        reason: 'Refund above the limit.',
        summary: 'Order 1234 came broken.',
        collected: { order: '1234' },
        clauseIds: [],
      },
      customer: { facts: { name: 'Ada' }, recent: recent('This is unacceptable, my order is broken!') },
    }),
  ).toEqual({
    agentId: 'a-1',
    channel: 'whatsapp',
    customerId: 'c-1',
    summary: 'Refund above the limit.\nOrder 1234 came broken.',
    sentiment: 'NEGATIVE',
    collected: '{"name":"Ada","order":"1234"}',
    transcriptUrl: 'https://api.example.com/api/v1/customers/c-1',
  });
});

test('the customer’s own last words stand in where the agent has none', () => {
  const { summary } = handoffAttributes({
    ...HANDED,
    handoff: null,
    customer: { facts: {}, recent: recent('A person, please.') },
  });
  expect(summary).toBe('Customer: A person, please.');
});

test('attributes stay below 32 KB, however much is known', () => {
  const facts = fc.dictionary(fc.string({ maxLength: 100 }), fc.string({ unit: 'binary', maxLength: 5000 }), {
    maxKeys: 40,
  });
  fc.assert(
    fc.property(facts, fc.string({ unit: 'binary', maxLength: 40_000 }), (known, text) => {
      const handoff = { reason: text, summary: text, collected: known, clauseIds: [] };
      const attributes = handoffAttributes({ ...HANDED, handoff, customer: { facts: known, recent: recent(text) } });
      return (
        Buffer.byteLength(JSON.stringify(attributes)) < 32_768 &&
        Object.keys(JSON.parse(attributes.collected)).length >= 0
      );
    }),
    { numRuns: 25 },
  );
});

test.each([
  ['POSITIVE', ['Thank you, that was very helpful!']],
  ['NEGATIVE', ['This is terrible.', 'I am not happy with it.']],
  ['MIXED', ['Great service, but the pillow is broken.']],
  ['NEUTRAL', ['Do you have size L?', 'Not bad.']],
])('the mood is %s', (mood, said) => {
  expect(sentimentOf(said)).toBe(mood);
});
