import type { Candidate, Cell } from './passages.ts';
import type { Question } from './question.ts';
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

/** The cells of a row that the question asks for, as a sentence; the whole row when it asks for none in particular. */
export function phraseRow(candidate: Candidate, question: Question): string {
  const subject = subjectOf(candidate);
  const others = (candidate.cells ?? []).filter(
    ({ name, value }) => value !== subject && !/^(?:article|sku|code|number|no\.?|id)\b/i.test(name),
  );
  const asked = others.filter((cell) => isAskedFor(cell, question));
  const shown = (asked.length > 0 ? asked : others).slice(0, 5);
  const price = shown.find(({ name }) => IS_PRICE.test(name));
  if (price !== undefined && shown.length === 1) return `The ${subject} costs ${amountOf(price)}.`;
  return `${capitalized(subject)}: ${enumerated(shown.map((cell) => `${lower(cell.name)} ${valueText(cell)}`))}.`;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function isAskedFor(cell: Cell, question: Question): boolean {
  if (question.expected === 'money' || question.superlative !== undefined) return IS_PRICE.test(cell.name);
  const name = stemsOf(cell.name);
  if (IS_STOCK.test(question.text) && IS_STOCK.test(cell.name)) return true;
  return question.terms.some((term) => matchOf(term, name) >= 0.7);
}

const lower = (name: string): string =>
  name.replace(/\s*\([^)]*\)/g, '').replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());

const valueText = (cell: Cell): string => (IS_PRICE.test(cell.name) ? amountOf(cell) : cell.value.replace(/\.$/, ''));

/** The unit stands in the column's name more often than in its cells: `Price (EUR)`. */
function amountOf({ name, value }: Cell): string {
  const unit = /\(([^)]+)\)/.exec(name)?.[1] ?? /\b(EUR|USD|GBP|CHF)\b/.exec(name)?.[1];
  return unit === undefined || !/^\d+(?:[.,]\d+)?$/.test(value) ? value : `${value} ${unit}`;
}

/** Several rows by their names only. */
export const phraseList = (rows: readonly Candidate[]): string => {
  const names = [...new Set(rows.map(subjectOf))];
  return `We have the ${enumerated(names)}.`;
};
