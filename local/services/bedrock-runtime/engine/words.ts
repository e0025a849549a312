/** Words that carry no topic. Question words are read apart, by `question.ts`. */
const STOP_WORDS = new Set(
  `a about above actually after again all also am an and any anyone anything are around as at back be because been before
  being but by can cannot could did do does doing done each either else ever every few for from get gets getting give
  gives go goes going gonna got had has have having he hello help her here hers hey hi him his how i if in into is it
  its just know kind let like likes long lot made make many may maybe me might mine more most much must my need needed
  needs no nor not now of off oh ok okay on once one only or other our ours out over own please possible quite really
  right say says see shall she should so some someone something soon still such sure take takes tell than thank thanks
  that the their theirs them then there these they thing things this those through to too under until up us use used
  very want wanted wants was we well were what when where whether which while who whom whose why will with within
  would wondering yes yet you your yours im ive id ill youre dont doesnt didnt cant couldnt isnt arent wasnt wont whats
  theres hows wheres sell offer provide allow allowed able best good better
  suitable recommend people everyone bring happen happens`.split(/\s+/),
);

const IRREGULAR: Readonly<Record<string, string>> = {
  sent: 'send',
  bought: 'buy',
  paid: 'pay',
  kept: 'keep',
  broke: 'break',
  broken: 'break',
  left: 'leave',
  lost: 'lose',
  children: 'child',
  kids: 'kid',
  men: 'man',
  women: 'woman',
  people: 'person',
  teeth: 'tooth',
  feet: 'foot',
  came: 'come',
  went: 'go',
  brought: 'bring',
  chose: 'choose',
  chosen: 'choose',
  later: 'late',
  earlier: 'early',
  cheaper: 'cheap',
  larger: 'large',
  smaller: 'small',
  longer: 'long',
  spoke: 'speak',
  spoken: 'speak',
};

/** Everyday words for the same matter, in any trade. Kept small: each line widens what counts as an answer. */
const RELATED: readonly (readonly string[])[] = [
  ['price', 'cost', 'charge', 'fee', 'rate', 'expensive', 'cheap', 'costs'],
  ['refund', 'reimburse', 'reimbursement', 'money'],
  ['return', 'exchange', 'returns', 'send'],
  ['deliver', 'delivery', 'ship', 'shipping', 'shipment', 'dispatch', 'postage', 'arrive', 'courier'],
  ['open', 'opening', 'hour', 'close', 'closing', 'closed'],
  ['wash', 'washing', 'washable', 'clean', 'cleaning', 'launder', 'laundry'],
  ['warranty', 'guarantee', 'guaranteed'],
  ['cancel', 'cancellation', 'cancelled', 'call-off'],
  ['book', 'booking', 'reserve', 'reservation', 'appointment', 'schedule'],
  ['reschedule', 'move', 'postpone', 'rearrange', 'change'],
  ['phone', 'telephone', 'number'],
  ['parking', 'park', 'garage', 'car'],
  ['buy', 'purchase', 'order'],
  ['break', 'damage', 'faulty', 'defect', 'defective', 'fault', 'broken'],
  ['pet', 'dog', 'cat', 'animal'],
  ['child', 'kid', 'baby', 'infant', 'toddler'],
  ['repair', 'fix', 'mend', 'service'],
  ['size', 'dimension', 'measurement', 'large', 'small'],
  ['material', 'fabric', 'filling'],
  ['stock', 'available', 'availability'],
  ['person', 'human', 'colleague', 'representative', 'agent', 'operator', 'staff', 'manager', 'team'],
  ['angry', 'furious', 'upset', 'complaint', 'complain', 'unacceptable', 'terrible', 'outrageous', 'abusive'],
  ['legal', 'lawyer', 'sue', 'court', 'attorney', 'solicitor', 'lawsuit'],
  ['pay', 'payment', 'card', 'invoice', 'cash'],
  ['store', 'shop', 'showroom', 'location', 'address'],
  ['discount', 'rebate', 'coupon', 'voucher', 'reduction', 'cheaper'],
  ['status', 'track', 'tracking', 'progress'],
  ['late', 'delay', 'delayed', 'overdue'],
  ['pain', 'hurt', 'ache', 'sore', 'painful'],
  ['start', 'begin', 'earliest'],
  ['internet', 'wifi', 'wi-fi', 'wireless'],
  ['rent', 'rental', 'hire', 'lend'],
];

/** A crude stem, the same for all forms of a regular English word: `returned`, `returning`, `returns` → `return`. */
function stem(word: string): string {
  const lower = word.toLowerCase().replace(/['’]s?$/, '');
  const base = Object.hasOwn(IRREGULAR, lower) ? (IRREGULAR[lower] ?? lower) : withoutEnding(lower);
  return base.length > 4 ? base.replace(/e$/, '') : base;
}

function withoutEnding(word: string): string {
  if (word.length <= 3 || /\d/.test(word)) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x|z)es$/, '$1')
    .replace(/([^su])s$/, '$1')
    .replace(/(.{3,})(?:ing|ed|ly)$/, '$1')
    .replace(/([bdgmnprt])\1$/, '$1');
}

const RELATED_STEMS: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const groups = new Map<string, Set<string>>();
  for (const group of RELATED) {
    const stems = group.map(stem);
    for (const one of stems) groups.set(one, new Set([...(groups.get(one) ?? []), ...stems]));
  }
  return groups;
})();

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** `200 x 200` → `200x200` */
export const joinDimensions = (text: string): string => text.replace(/(\d)\s*[x×]\s*(?=\d)/g, '$1x');

/** Words in order, lower case; `100-night` gives `100`, `night`, and `200 x 200` is one word. */
export const wordsOf = (text: string): string[] =>
  (
    text
      .toLowerCase()
      .replace(/(\d)\s*[x×]\s*(?=\d)/g, '$1x')
      .match(WORD) ?? []
  ).flatMap((word) => (word.includes('-') ? word.split('-') : [word]));

/** Stems of the words that carry a topic, each once. */
export const topicStems = (text: string): string[] => [
  ...new Set(
    wordsOf(text)
      .filter((word) => !STOP_WORDS.has(word.replace(/['’]/g, '')) && (word.length > 1 || /\d/.test(word)))
      .map(stem),
  ),
];

/** All stems of a text, stop words too. */
export const stemsOf = (text: string): Set<string> => new Set(wordsOf(text).map(stem));

/** How far a text with these stems speaks of `term`: 1 the word itself, less for a related or a longer word. */
export function matchOf(term: string, stems: ReadonlySet<string>): number {
  if (stems.has(term)) return 1;
  const related = RELATED_STEMS.get(term);
  if (related !== undefined && [...related].some((other) => stems.has(other))) return 0.7;
  if (term.length < 5) return 0;
  // Compounds and derived words: mattress/mattresses-in-a-box, deliver/deliverable.
  return [...stems].some((other) => other.length >= 5 && (other.startsWith(term) || term.startsWith(other))) ? 0.6 : 0;
}

/** Share of `terms` that the text speaks of, 0 to 1; 0 when there are no terms. */
export function coverage(terms: readonly string[], text: string): number {
  if (terms.length === 0) return 0;
  const stems = stemsOf(text);
  return terms.reduce((sum, term) => sum + matchOf(term, stems), 0) / terms.length;
}

const ABBREVIATION = /(?:\b(?:e\.g|i\.e|etc|approx|no|nr|vs|mr|mrs|ms|dr|st|incl)|\b[A-Z])\.$/i;

export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(/[.!?…]+["'”’)\]]*\s+(?=["'“‘(]?[\p{Lu}\p{N}])/gu)) {
    const end = match.index + match[0].length;
    if (ABBREVIATION.test(text.slice(start, end).trim())) continue;
    sentences.push(text.slice(start, end).trim());
    start = end;
  }
  return [...sentences, text.slice(start).trim()].filter((sentence) => sentence !== '');
}

/** `a, b and c` */
export const enumerated = (items: readonly string[]): string =>
  items.length <= 1 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
