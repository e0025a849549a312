import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BUSINESS_TYPES } from '../../shared/agents/agent.ts';
import { businessOf } from '../../shared/agents/business-context.ts';
import { sopFromCharacter } from '../../shared/agents/sop-template.ts';
import { storageObstacle } from '../../shared/agents/stored-json.ts';

const CHARACTER = {
  businessName: 'Cozy Comfort Bedding',
  products: ['bedding_sets', 'pillows'],
  specialties: ['sleep_products'],
  tone: 'friendly_helpful',
  knowledgeBase: { return_policy: '30-day returns' },
};

it('a retailer’s SOP is numbered, and made of what he says of himself', () => {
  const sop = sopFromCharacter({
    businessType: 'retail',
    character: CHARACTER,
    businessContext: { store_hours: '9 AM - 6 PM EST', days: ['Mon', 'Tue'] },
  });
  expect(sop.split('\n').map((line) => line.slice(0, 60))).toEqual([
    '1. Greet the customer in the name of Cozy Comfort Bedding an',
    '2. Products: bedding sets, pillows.',
    '3. Specialties: sleep products.',
    '4. Product inquiries: ask what the customer is looking for, ',
    '5. Order status: ask for the order number and the name of th',
    '6. Returns and exchanges: explain the policy that is known. ',
    '7. Answer from these facts:',
    '   - return policy: 30-day returns',
    '8. Opening hours, contact and the like:',
    '   - store hours: 9 AM - 6 PM EST',
    '   - days: ["Mon","Tue"]',
    '9. Hand over to a person when the customer asks for one, is ',
    '10. Before you say goodbye, ask whether there is anything el',
  ]);
});

it('each type of business has a template of its own, and the same facts give the same words', () => {
  const sops = BUSINESS_TYPES.map((businessType) => sopFromCharacter({ businessType, character: CHARACTER }));
  expect(new Set(sops).size).toBe(BUSINESS_TYPES.length);
  expect(sopFromCharacter({ character: CHARACTER })).toBe(sops[2]);
});

it('no fact can pass for a step of its own', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (name, value) => {
      const character = {
        ...CHARACTER,
        businessName: `A${name}`,
        tone: `b${value}`,
        knowledgeBase: { [`k${name}`]: value },
      };
      const steps = sopFromCharacter({ character })
        .split('\n')
        .filter((line) => !line.startsWith('   - '));
      expect(steps.map((line) => line.split('.')[0])).toEqual(steps.map((_line, index) => String(index + 1)));
    }),
  );
});

it('an agent is told of its business what its owner said, his own context last', () => {
  expect(businessOf({})).toBeUndefined();
  expect(
    businessOf({ businessType: 'retail', character: CHARACTER, businessContext: { tone: 'calm', hours: '9-6' } }),
  ).toEqual({ businessType: 'retail', ...CHARACTER, tone: 'calm', hours: '9-6' });
});

it.each([
  ['nested too deep', JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), /Nested/],
  ['half a surrogate pair', { a: ['\ud800'] }, /Unicode/],
  ['a number too large', { a: 1e300 }, /number/],
  ['a number too small', { a: 1e-300 }, /number/],
  ['a field without a name', { '': 1 }, /name/],
  ['too much of it', { a: 'x'.repeat(200) }, /100 bytes/],
  ['what can be stored', { a: [1, -0.5, null, true, { b: 'ü' }] }, undefined],
])('a context may hold only what can be stored: %s', (_name, value, obstacle) => {
  const found = storageObstacle(value, 100);
  if (obstacle === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(obstacle);
});
