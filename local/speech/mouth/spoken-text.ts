/** A text as it is to be read out: what is written in signs becomes words that a plain synthesizer says right. */
export function spokenText(written: string): string {
  return RULES.reduce(
    (text, [pattern, spoken]) => text.replace(pattern, spoken as () => string),
    written.normalize('NFKD'),
  )
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/\s+([.,;:?!])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

type Rule = readonly [RegExp, string | ((...match: string[]) => string)];

const MARKUP: readonly Rule[] = [
  [/\[([^\]]+)\]\([^)]*\)/g, '$1'],
  [/\[\d+\]/g, ''],
  [/^\s*(?:#+|[-*•]|\d+\.)\s+/gm, ''],
  [/(\*{1,3}|`{1,3})([^\s*`](?:[^*`]*[^\s*`])?)\1/g, '$2'],
  [/(?<!\w)_{1,2}([^_]+)_{1,2}(?!\w)/g, '$1'],
  // A line is a breath: a list read as one sentence cannot be understood.
  [/([^\s.?!:;,])[ \t]*\n+/g, '$1.\n'],
  [/[\u2018\u2019]/g, "'"],
  [/[\u201c\u201d"]/g, ' '],
  [/\p{M}/gu, ''],
];

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const CURRENCIES: Readonly<Record<string, readonly [string, string]>> = {
  $: ['dollar', 'cent'],
  '€': ['euro', 'cent'],
  '£': ['pound', 'pence'],
};

const count = (amount: string, unit: string): string =>
  `${amount} ${amount === '1' || unit === 'pence' ? unit : `${unit}s`}`;

function money(_all: string, sign: string, whole: string, fraction: string, scale: string): string {
  const [unit, part] = CURRENCIES[sign] ?? ['', ''];
  const amount = whole.replaceAll(',', '');
  if (scale) return `${amount}${fraction ? ` point ${spelled(fraction)}` : ''} ${scale} ${unit}s`;
  const parts = fraction ? String(Number(fraction.padEnd(2, '0').slice(0, 2))) : '0';
  if (parts === '0') return count(amount, unit);
  if (amount === '0') return count(parts, part);
  return `${count(amount, unit)} and ${count(parts, part)}`;
}

const spelled = (characters: string): string => characters.split('').join(' ');

const address = (text: string): string =>
  text
    .replace(/[.]/g, ' dot ')
    .replace(/@/g, ' at ')
    .replace(/-/g, ' dash ')
    .replace(/_/g, ' underscore ')
    .replace(/\//g, ' slash ');

function link(_all: string, host: string, path = ''): string {
  const [end = ''] = /[.,;:?!)]*$/.exec(path) ?? [];
  const shown = path
    .slice(0, path.length - end.length)
    .replace(/[?#].*$/, '')
    .replace(/\/$/, '');
  return `${address(host)}${address(shown)}${end}`;
}

const phone = (number: string): string =>
  number
    .replace(/^\+/, 'plus ')
    .split(/[^\da-z]+/)
    .filter((group) => group !== '')
    .map((group) => (group === 'plus' ? 'plus' : spelled(group)))
    .join(', ')
    .replace('plus, ', 'plus ');

function clock(_all: string, hour: string, minute: string, half: string): string {
  const minutes = minute === '00' ? (half ? '' : " o'clock") : ` ${minute.replace(/^0/, 'oh ')}`;
  return `${Number(hour)}${minutes}${half ? ` ${spelled(half.replaceAll('.', '').toUpperCase())}` : ''}`;
}

const date = (all: string, year: string, month: string, day: string): string =>
  MONTHS[Number(month) - 1] ? `${MONTHS[Number(month) - 1]} ${Number(day)}, ${year}` : all;

const ADDRESSES: readonly Rule[] = [
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, address],
  [/https?:\/\/(?:www\.)?([\w.-]+\w)(\/[^\s]*)?/g, link],
  [/\b(?:www\.)?([\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|dev|app|edu|gov|co\.uk|example))\b(\/[^\s]*)?/g, link],
];

const NUMBERS: readonly Rule[] = [
  [/([$€£])\s?(\d[\d,]*)(?:\.(\d+))?(?:\s?(thousand|million|billion)\b)?/g, money],
  [/\b(\d{4})-(\d{2})-(\d{2})\b/g, date],
  [/\+\d{1,3}(?:[ .-]?\(?\d{2,4}\)?){2,4}(?!\d)/g, phone],
  [/(?<![\d-])(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}\b/g, phone],
  [/\b\d{3}-\d{4}\b/g, phone],
  [/\b24\/7\b/g, '24 7'],
  [/\b(\d{1,2}):([0-5]\d)(?:\s?([ap]\.?m\b\.?))?/gi, clock],
  [/\b(\d{1,2})\s?([ap])\.?m\b\.?/gi, (_all: string, hour: string, half: string) => `${hour} ${half.toUpperCase()} M`],
  [/(\d)\s?(?:-|\u2013|\u2014)\s?(?=\d)/g, '$1 to '],
  [/(\d),(?=\d{3}\b)/g, '$1'],
  [/(\d)\s?%/g, '$1 percent'],
  [/(\d)\s?°\s?F\b/g, '$1 degrees Fahrenheit'],
  [/(\d)\s?°\s?C\b/g, '$1 degrees Celsius'],
  [/#\s?(?=\d)/g, 'number '],
  // Five digits and more are a code, not a quantity: somebody is to write them down.
  [/\d{5,}/g, spelled],
];

const WORDS: readonly Rule[] = [
  [/\be\.g\.,?/gi, 'for example'],
  [/\bi\.e\.,?/gi, 'that is'],
  [/\betc\./gi, 'et cetera'],
  [/\bDr\.\s/g, 'Doctor '],
  [/\bMr\.\s/g, 'Mister '],
  [/\bM(?:r)?s\.\s/g, 'Miss '],
  [/\bvs\.?\s/g, 'versus '],
  [/\bapprox\./gi, 'approximately'],
  [/\s&\s/g, ' and '],
  [/\band\/or\b/gi, 'and or'],
  [/([a-z])\/([a-z])/gi, '$1 or $2'],
  [/\s*[\u2013\u2014]\s*|\s+-+\s+/g, ', '],
  [/\u2026/g, '.'],
];

const RULES: readonly Rule[] = [...MARKUP, ...ADDRESSES, ...NUMBERS, ...WORDS];
