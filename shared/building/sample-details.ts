/** The part of a tool's input schema that samples are made from; see `ToolInputSchema` of the kit. */
export interface SampledSchema {
  readonly properties: Readonly<
    Record<string, { readonly pattern?: string; readonly format?: string; readonly enum?: readonly string[] }>
  >;
  readonly required: readonly string[];
}

/**
 * Inputs for a dry run: nothing said, everything well-formed, only what is required, each detail missing and each
 * malformed, and text no one expected. Deterministic.
 */
export function sampleDetails({ properties, required }: SampledSchema): Record<string, string>[] {
  const names = Object.keys(properties);
  const full = Object.fromEntries(names.map((name) => [name, sampleValue(name, properties[name] ?? {})]));
  const only = (kept: readonly string[]) => Object.fromEntries(kept.map((name) => [name, full[name] ?? '']));
  return [
    {},
    full,
    only(required),
    ...names.map((name) => only(names.filter((other) => other !== name))),
    ...names.map((name) => ({ ...full, [name]: '???' })),
    Object.fromEntries(names.map((name) => [name, `  ${'x'.repeat(500)}\n<b>${name}</b> "' \u{1F600} `])),
    Object.fromEntries(names.map((name) => [name, '0'])),
  ];
}

function sampleValue(name: string, property: SampledSchema['properties'][string]): string {
  if (property.enum?.[0] !== undefined) return property.enum[0];
  if (property.pattern !== undefined) return sampleOfPattern(property.pattern) ?? '12345';
  if (property.format === 'email') return 'customer@example.com';
  if (property.format === 'date') return '2026-11-01';
  if (property.format === 'phone') return '+1 555 010 0199';
  return /count|number|quantity|amount|days/i.test(name) ? '12' : 'a grey blanket';
}

/**
 * A text that a regular expression accepts, for the constructs that forms of order numbers use: literals, classes,
 * escapes, groups, alternatives (the first), quantifiers (the fewest). Undefined when the construct is beyond it.
 */
export function sampleOfPattern(pattern: string): string | undefined {
  try {
    const sample = readAlternatives({ pattern, at: 0 });
    return new RegExp(`^(?:${pattern})$`, 'i').test(sample) ? sample : undefined;
  } catch {
    return undefined;
  }
}

const MAX_SAMPLE_CHARACTERS = 1000;

interface Cursor {
  readonly pattern: string;
  at: number;
}

function readAlternatives(cursor: Cursor): string {
  const first = readSequence(cursor);
  while (cursor.pattern[cursor.at] === '|') {
    cursor.at += 1;
    readSequence(cursor);
  }
  return first;
}

function readSequence(cursor: Cursor): string {
  let text = '';
  while (cursor.at < cursor.pattern.length && !'|)'.includes(cursor.pattern.charAt(cursor.at))) {
    const atom = readAtom(cursor);
    const times = readFewest(cursor);
    if (text.length + atom.length * times > MAX_SAMPLE_CHARACTERS) throw new Error('too long');
    text += atom.repeat(times);
  }
  return text;
}

function readAtom(cursor: Cursor): string {
  const character = cursor.pattern.charAt(cursor.at);
  cursor.at += 1;
  if (character === '^' || character === '$') return '';
  if (character === '.') return 'a';
  if (character === '\\') return readEscape(cursor);
  if (character === '[') return readClass(cursor);
  if (character !== '(') return character;
  if (/^\?[=!<]/.test(cursor.pattern.slice(cursor.at))) throw new Error('lookaround');
  if (cursor.pattern.startsWith('?:', cursor.at)) cursor.at += 2;
  const text = readAlternatives(cursor);
  cursor.at += 1;
  return text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  d: '7',
  w: 'a',
  s: ' ',
  D: 'a',
  W: '-',
  S: 'a',
  b: '',
  t: '\t',
  n: '\n',
};

function readEscape(cursor: Cursor): string {
  const character = cursor.pattern.charAt(cursor.at);
  cursor.at += 1;
  return ESCAPES[character] ?? character;
}

function readClass(cursor: Cursor): string {
  const end = cursor.pattern.indexOf(']', cursor.at + 1);
  if (end < 0) throw new Error('unclosed class');
  const members = cursor.pattern.slice(cursor.at, end);
  cursor.at = end + 1;
  if (!members.startsWith('^'))
    return members.startsWith('\\') ? (ESCAPES[members.charAt(1)] ?? members.charAt(1)) : members.charAt(0);
  const outside = new RegExp(`[${members}]`);
  return 'a7-_ A#'.split('').find((candidate) => outside.test(candidate)) ?? '';
}

function readFewest(cursor: Cursor): number {
  const match = /^(?:\{(\d+)(?:,\d*)?\}|[*+?])\??/.exec(cursor.pattern.slice(cursor.at));
  if (match === null) return 1;
  cursor.at += match[0].length;
  return match[1] === undefined ? 1 : Number(match[1]);
}
