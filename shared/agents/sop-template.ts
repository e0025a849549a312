import type { Agent, BusinessType } from './agent.ts';

type Described = Pick<Agent, 'businessType' | 'character' | 'businessContext'>;
type Character = NonNullable<Agent['character']>;

/** Businesses with a template of their own; what a template says is ours, not the business's: it is shown and editable. */
const PROCEDURES: Readonly<Record<BusinessType, readonly string[]>> = {
  retail: [
    'Product inquiries: ask what the customer is looking for, look it up, and recommend at most three products with what is known about each. Never invent a price or a stock.',
    'Order status: ask for the order number and the name of the order. Say what is known; where nothing is, hand over to a person with both.',
    'Returns and exchanges: explain the policy that is known. Ask for the order number, the product and the reason, and hand over to a person.',
  ],
  microfinance: [
    'Loan and savings inquiries: explain the products that are known, with their conditions. Never promise an approval, a rate or an amount.',
    'Applications: ask for the name, what the loan is for, the amount and how it will be repaid, and hand over to a loan officer with the answers.',
    'Repayments and difficulties: listen, never threaten, explain the options that are known, and hand over to a person when a payment is at risk.',
    'Identity: never ask for a PIN, a password or a whole card number, and warn a customer who sends one.',
  ],
  other: [
    'Inquiries: ask what the customer needs, look it up, and answer with what is known. Say so when something is not known.',
    'Requests: ask for what a person will need to take care of it, and hand over with the answers.',
  ],
};

const TONES: Readonly<Record<string, string>> = {
  friendly_helpful: 'Be friendly and helpful.',
  professional_friendly: 'Be professional and friendly.',
};

/** The numbered standard operating procedure of a business that has written none, from what it says of itself. Pure. */
export const sopFromCharacter = ({ businessType = 'other', character, businessContext = {} }: Described): string => {
  if (character === undefined) return '';
  const { businessName, products, specialties, tone, knowledgeBase } = character;
  const steps = [
    `Greet the customer in the name of ${businessName} and ask how you can help. ${toneOf(tone)}`,
    ...offers({ products, specialties }),
    ...PROCEDURES[businessType],
    ...facts('Answer from these facts', knowledgeBase),
    ...facts('Opening hours, contact and the like', businessContext),
    'Hand over to a person when the customer asks for one, is upset, or needs something that these steps do not cover. Say so before you do.',
    'Before you say goodbye, ask whether there is anything else.',
  ];
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
};

const toneOf = (tone: string): string => TONES[tone] ?? `Your tone: ${spoken(tone)}.`;

const offers = ({ products, specialties }: Pick<Character, 'products' | 'specialties'>): string[] => [
  ...(products.length === 0 ? [] : [`Products: ${products.map(spoken).join(', ')}.`]),
  ...(specialties.length === 0 ? [] : [`Specialties: ${specialties.map(spoken).join(', ')}.`]),
];

const facts = (title: string, known: Readonly<Record<string, unknown>>): string[] => {
  const lines = Object.entries(known).map(([name, value]) => `   - ${spoken(name)}: ${shown(value)}`);
  return lines.length === 0 ? [] : [[`${title}:`, ...lines].join('\n')];
};

/** `bedding_sets` as people say it; on one line, so that no fact can pass for a step. */
const spoken = (name: string): string => onOneLine(name.replaceAll('_', ' '));

const shown = (value: unknown): string => onOneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
