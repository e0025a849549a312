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

/** What a row is about: its cell called name or title, else its first that is not a number or code. */
export function subjectOf({ cells = [] }: Candidate): string {
  const named = cells.find(({ name }) =>
    /\b(?:name|product|item|title|service|treatment|room|model|article|type)\b/i.test(name),
  );
  return (named ?? cells.find(({ value }) => /\p{L}{3}/u.test(value) && !/\d/.test(value)) ?? cells[0])?.value ?? '';
}

const IS_PRICE = /\b(?:price|cost|rate|fee)\b/i;

/** The cells of a row that the question asks for, as a sentence; the whole row when it asks for none in particular. */
export function phraseRow(candidate: Candidate, question: Question): string {
  const subject = subjectOf(candidate);
  const others = (candidate.cells ?? []).filter(({ value }) => value !== subject);
  const asked = others.filter((cell) => isAskedFor(cell, question));
  const shown = (asked.length > 0 ? asked : others).slice(0, 5);
  const price = shown.find(({ name }) => IS_PRICE.test(name));
  if (price !== undefined && shown.length === 1) return `The ${subject} costs ${amountOf(price)}.`;
  if (shown.length === 1 && shown[0] !== undefined) return phraseOne(subject, shown[0]);
  return `${subject}: ${enumerated(shown.map((cell) => `${lower(cell.name)} ${valueText(cell)}`))}.`;
}

function isAskedFor(cell: Cell, question: Question): boolean {
  if (question.expected === 'money' || question.superlative !== undefined) return IS_PRICE.test(cell.name);
  const name = stemsOf(cell.name);
  return question.terms.some((term) => matchOf(term, name) >= 0.7);
}

function phraseOne(subject: string, cell: Cell): string {
  if (/^yes$/i.test(cell.value)) return `Yes, ${lower(cell.name)} applies to the ${subject}.`;
  if (/^no$/i.test(cell.value)) return `No, ${lower(cell.name)} does not apply to the ${subject}.`;
  return `For the ${subject}, the ${lower(cell.name)} is ${valueText(cell)}.`;
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
