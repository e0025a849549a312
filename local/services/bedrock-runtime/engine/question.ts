import { joinDimensions, topicStems } from './words.ts';

/** What kind of thing answers a question. */
export type Expected = 'money' | 'duration' | 'time' | 'number' | 'contact' | 'temperature' | 'any';

export interface Question {
  readonly text: string;
  readonly terms: readonly string[];
  readonly expected: Expected;
  /** Asks for a list: "Which pillows do you have?" */
  readonly isListing: boolean;
  readonly superlative?: 'least' | 'most';
}

const NUMBER_WORD = '(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|twenty|thirty|sixty|ninety)';
const UNIT = '(?:business |working |calendar )?(?:minutes?|hours?|days?|nights?|weeks?|months?|years?)';

const EXPECTATIONS: readonly (readonly [Expected, RegExp])[] = [
  ['money', /\bhow (?:much|expensive)\b|\b(?:price|cost|costs|fee|charge|rate)\b/i],
  ['temperature', /\b(?:temperature|how (?:hot|warm|warmly|cold)|degrees)\b/i],
  [
    'time',
    /\bwhat (?:are|is|time|hours)\b.*\b(?:hours?|time|open|close)\b|\b(?:when|what time)\b.*\b(?:open|close|start|check|serve|breakfast)/i,
  ],
  [
    'duration',
    /\bhow (?:long|soon|quick|quickly|fast|late|far in advance|many (?:days|weeks|months|nights|hours|years))\b|\bwhen\b|\b(?:deadline|period)\b/i,
  ],
  ['number', /\bhow (?:many|old|big|large|tall|heavy|often)\b/i],
  ['contact', /\b(?:e-?mail|phone number|telephone|contact|reach you)\b/i],
];

const EVIDENCE: Readonly<Record<Exclude<Expected, 'any'>, RegExp>> = {
  money:
    /[$€£¥]\s?\d|\d+(?:[.,]\d+)?\s?(?:EUR|USD|GBP|CHF|dollars?|euros?|pounds?|cents?)\b|\bfree\b|\bprice[^;:]*:\s*\d/i,
  duration: new RegExp(
    `\\b(?:\\d+|${NUMBER_WORD})(?:\\s*(?:-|–|to)\\s*(?:\\d+|${NUMBER_WORD}))?[\\s-]+${UNIT}\\b`,
    'i',
  ),
  time: /\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m|p\.m|o'clock)|\b\d{1,2}:\d{2}\b|\b(?:noon|midnight|mon|tues|wednes|thurs|fri|satur|sun)(?:days?)?\b/i,
  number: new RegExp(`\\d|\\b${NUMBER_WORD}\\b`, 'i'),
  contact: /[^\s@]+@[^\s@]+\.\w+|\+?\d[\d\s()-]{6,}\d/,
  temperature: /\d+\s?(?:°|degrees|celsius|fahrenheit|C\b)|\b(?:cold|warm|hot|cool)\b/i,
};

const SHAPE_WORDS = new Set([
  'day',
  'week',
  'month',
  'hour',
  'tim',
  'cheapest',
  'cheap',
  'expensiv',
  'lowest',
  'highest',
  'temperatur',
  'period',
]);

const MONEY_WORDS = new Set(['cost', 'price', 'fee', 'rate', 'charge', 'charg']);
const HEAT = new Set(['warm', 'warmly', 'hot', 'cold']);
const CHEAP = /\b(?:cheap(?:est)?|expensive|priciest|dearest)\b/i;

export function readQuestion(text: string): Question {
  const expected = EXPECTATIONS.find(([, pattern]) => pattern.test(text))?.[0] ?? (CHEAP.test(text) ? 'money' : 'any');
  const superlative = /\b(?:cheapest|lowest|least expensive|smallest)\b/i.test(text)
    ? 'least'
    : /\b(?:most expensive|priciest|highest|dearest|largest|biggest)\b/i.test(text)
      ? 'most'
      : undefined;
  const shape = (term: string): boolean =>
    SHAPE_WORDS.has(term) ||
    (expected === 'temperature' && HEAT.has(term)) ||
    (expected === 'money' && MONEY_WORDS.has(term));
  const terms = topicStems(text).filter((term) => !shape(term));
  return {
    text,
    terms: terms.length > 0 ? terms : topicStems(text),
    expected,
    isListing:
      /\b(?:which|what(?: kinds?| types?| sorts?)?(?: of)?)\b.*\b(?:do you (?:have|sell|offer|stock|carry)|are (?:there|available))\b/i.test(
        text,
      ),
    ...(superlative === undefined ? {} : { superlative }),
  };
}

/** Whether a text holds the kind of thing asked for; undefined when any kind would do. */
export const holdsExpected = (text: string, expected: Expected): boolean | undefined =>
  expected === 'any' ? undefined : EVIDENCE[expected].test(text);

/** The questions of a message, one each: "How long can I return it, and what does it cost?" asks two. A later one that only points back ("it") keeps the topic of the first. */
export function questionsIn(text: string): string[] {
  const parts = joinDimensions(text)
    .split(/[?;]\s+|,?\s+(?:and|but)\s+(?=(?:what|how|do|does|is|are|can|could|when|where|which|who|will)\b)/i)
    .map((part) => part.trim())
    .filter((part) => topicStems(part).length > 0);
  const [first, ...later] = parts;
  if (first === undefined || later.length === 0) return [text];
  return [first, ...later.map((part) => (POINTS_BACK.test(part) ? `${part} ${topicWords(first, part)}` : part))];
}

const POINTS_BACK = /\b(?:it|its|they|them|that|this|those|these|one)\b/i;

/** The words of the first question that name its topic, without those that ask for its own kind of answer. */
const topicWords = (first: string, later: string): string => {
  const kept = new Set(readQuestion(first).terms);
  const there = new Set(topicStems(later));
  return first
    .split(/\s+/)
    .filter((word) => topicStems(word).some((term) => kept.has(term) && !there.has(term) && !MONEY_WORDS.has(term)))
    .join(' ');
};
