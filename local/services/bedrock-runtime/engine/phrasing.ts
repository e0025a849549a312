import type { Candidate, Cell } from './passages.ts';
import { holdsExpected, type Question } from './question.ts';
import { enumerated, matchOf, stemsOf } from './words.ts';

/** A sentence as it would be said: no bullets or markup, a capital first, a full stop last. */
export function phraseSentence(text: string): string {
  const plain = text
    .replace(/[*_`#|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const capital = plain.charAt(0).toUpperCase() + plain.slice(1);
  return /[.!?…]["'”’)]?$/.test(capital) ? capital : `${capital.replace(/[:;,]$/, '')}.`;
}

/** What a row is about: its cell called name or product, else its first that is neither a number nor a code. */
export function subjectOf({ cells = [] }: Candidate): string {
  const words = cells.filter(({ value }) => /\p{L}{3}/u.test(value) && !/^[A-Z]{1,4}-?\d+$/.test(value));
  const named = words.find(({ name }) => SUBJECT.test(name));
  return (named ?? words.find(({ value }) => !/\d/.test(value)) ?? words[0] ?? cells[0])?.value ?? '';
}

const SUBJECT = /\b(?:name|product|item|title|service|treatment|room|model|article|type|kind)\b/i;

const IS_STOCK = /\b(?:stock|available|availability)\b/i;
const IS_PRICE = /\b(?:price|cost|rate|fee)\b/i;
/** "costs 49 EUR" can be said of a thing's own price, not of "shipping cost". */
const IS_OWN_PRICE = /^(?:(?:unit|retail|list|sale|our)\s+)?(?:price|cost|rate|fee)\b/i;

/** The cells of a row that the questions ask for, as a sentence; the whole row when they ask for none in particular. */
export function phraseRow(candidate: Candidate, questions: readonly Question[]): string {
  const subject = subjectOf(candidate);
  const others = (candidate.cells ?? []).filter(({ name, value }) => value !== subject && !IS_CODE.test(name));
  const asked = others.filter((cell) => questions.some((question) => isAskedFor(cell, question)));
  const shown = (asked.length > 0 ? asked : others).slice(0, 5);
  const verbs = shown.map(verbFor).filter((verb) => verb !== undefined);
  if (verbs.length === shown.length && verbs.length > 0) return `The ${subject} ${enumerated(verbs)}.`;
  const only = shown.length === 1 ? shown[0] : undefined;
  if (only !== undefined && !/\b(?:at|on|in|with|for|by)$/i.test(only.name)) {
    return `${capitalized(subject)}, ${lower(only.name)}: ${valueText(only)}.`;
  }
  return `${capitalized(subject)}: ${enumerated(shown.map((cell) => `${lower(cell.name)} ${valueText(cell)}`))}.`;
}

const IS_CODE = /^(?:article|sku|code|number|no\.?|id)\b/i;

/** What can be said of the subject with a verb: its price, and whether it is in stock. */
function verbFor(cell: Cell): string | undefined {
  if (IS_OWN_PRICE.test(cell.name)) return `costs ${amountOf(cell)}`;
  if (!IS_STOCK.test(cell.name)) return undefined;
  if (/^yes$/i.test(cell.value)) return 'is in stock';
  if (/^no$/i.test(cell.value)) return 'is not in stock';
  return /^(?:in|out|sold|available|not)\b/i.test(cell.value)
    ? `is ${cell.value.charAt(0).toLowerCase()}${cell.value.slice(1)}`
    : undefined;
}

function isAskedFor(cell: Cell, question: Question): boolean {
  if (question.superlative !== undefined) return IS_PRICE.test(cell.name);
  if (question.expected === 'money') return IS_PRICE.test(cell.name);
  if (question.expected !== 'any') return holdsExpected(cell.value, question.expected) === true;
  if (IS_STOCK.test(question.text) && IS_STOCK.test(cell.name)) return true;
  const name = stemsOf(withoutUnit(cell.name));
  return question.terms.some((term) => matchOf(term, name) >= 0.7);
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const withoutUnit = (name: string): string => name.replace(/\s*\([^)]*\)/g, '');

const lower = (name: string): string =>
  withoutUnit(name).replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());

const valueText = (cell: Cell): string => (IS_PRICE.test(cell.name) ? amountOf(cell) : cell.value.replace(/\.$/, ''));

/** The unit stands in the column's name more often than in its cells: `Price (EUR)`. */
function amountOf({ name, value }: Cell): string {
  const unit = /\(([^)]+)\)/.exec(name)?.[1] ?? /\b(EUR|USD|GBP|CHF)\b/.exec(name)?.[1];
  return unit === undefined || !/^\d+(?:[.,]\d+)?$/.test(value) ? value.replace(/\.$/, '') : `${value} ${unit}`;
}

/** Several rows by their names only. */
export const phraseList = (rows: readonly Candidate[]): string => {
  const names = [...new Set(rows.map(subjectOf))];
  return `We have the ${enumerated(names)}.`;
};
