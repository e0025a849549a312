import { topicStems, wordsOf } from '../words.ts';
import type { ClauseText } from './clause.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'email' | 'phone' | 'date' | 'number';
  readonly pattern?: string;
  readonly form?: string;
  readonly question?: string;
  readonly required: boolean;
}

const ASK =
  /\b(?:ask (?:the \w+ |them |him |her )?for|collect|take down|take|get|request|note(?: down)?|record|obtain)\s+(.+)$/i;
const DETAIL =
  /\b(?:number|name|e-?mail|address|phone|telephone|date|day|time|size|reason|code|reference|id|model|colou?r|brand|type|kind|postcode|zip|amount|quantity|dates|guests|people|details|birth|insurance|serial|plate|room|symptoms|description|way to reach|whether|what|which|when|how (?:many|long))\b/i;
/** Words that begin another order, not another detail. */
const END =
  /\s*(?:[,;]|\band\b|\bthen\b|\bbefore\b)\s*(?:then\s+)?(?:and\s+)?(?:hand|pass|transfer|tell|say|recommend|check|look|search|register|forward|escalate|explain|confirm|offer|apologi[sz]e|suggest|read|send|book|before you|so that|to (?:find|look|see))\b.*$|\s+(?:so that|in order to|unless|before you|if)\b.*$/i;

/** The details a sentence has the agent ask for; empty when it asks for none. */
export function fieldsAskedIn(sentence: string): Field[] {
  const list = ASK.exec(sentence)?.[1] ?? /\bask (?=whether|what|which|when|how )(.+)$/i.exec(sentence)?.[1];
  if (list === undefined || /\b(?:never|do not|don't)\b.{0,12}\b(?:ask|take|collect)\b/i.test(sentence)) return [];
  const items = list
    .replace(/[.!]$/, '')
    .replace(END, '')
    .split(
      /,\s*(?:and\s+)?|\s+and\s+(?=(?:the|their|his|her|a|an|whether|what|which|when|how|(?:e-?mail|phone|number|date|name)))|;\s*/i,
    )
    .map((item) => item.trim())
    .filter((item) => item !== '' && DETAIL.test(item) && wordsOf(item).length <= 12);
  return items.map(fieldOf).filter((field, index, all) => all.findIndex(({ name }) => name === field.name) === index);
}

function fieldOf(item: string): Field {
  const isQuestion = /^(?:whether|what|which|when|how)\b/i.test(item);
  const asked = item
    .replace(/\b(?:they|he or she)\b/gi, 'you')
    .replace(/\btheir\b/gi, 'your')
    .trim();
  const label = (isQuestion ? asked.replace(/^whether\s+/i, '') : item)
    .replace(/^(?:for|the|their|his|her|a|an|your|any)\s+/i, '')
    .replace(/\b(?:customer|caller|guest|patient|client|person)(?:'s|’s)\s+/i, '')
    .replace(
      /\s+(?:used|given|shown|printed|of (?:the|their) (?:customer|caller|guest|patient|client)|(?:they|that|which)|under|printed on)\b.*$/i,
      '',
    )
    .slice(0, 60);
  const kind = kindOf(item);
  return {
    name: camelCase(label),
    label,
    kind,
    ...(isQuestion
      ? {
          question: `May I ask ${asked}?`,
        }
      : {}),
    required: !/\b(?:optional|if (?:they have|known|available))\b/i.test(item),
  };
}

function kindOf(item: string): Field['kind'] {
  if (/\be-?mail\b/i.test(item)) return 'email';
  if (/\b(?:phone|telephone|mobile|callback)\b/i.test(item)) return 'phone';
  if (/\bdates?\b/i.test(item) && !/\b(?:and time|dates|range)\b/i.test(item)) return 'date';
  return 'text';
}

function camelCase(label: string): string {
  const words = wordsOf(label.normalize('NFD').replace(/\p{M}/gu, ''))
    .map((word) => word.replace(/[^a-z0-9]/g, ''))
    .filter((word) => word !== '');
  const kept = words
    .filter((word) => !/^(?:the|a|an|of|for|to|whether|their|they|or|and|were|was|is|are)$/.test(word))
    .slice(0, 4);
  const name = kept
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
    .slice(0, 32);
  return /^[a-z]/.test(name) ? name : `detail${name}`.slice(0, 32);
}

/** The form of a detail where a clause gives one by example: "An order number has the letters CC, a dash and six digits, for example CC-204518." */
export function withForms(fields: readonly Field[], clauses: readonly ClauseText[]): Field[] {
  const sentences = clauses.flatMap((clause) => clause.sentences);
  return fields.map((field) => {
    if (field.kind !== 'text') return field;
    const terms = topicStems(field.label);
    const sentence = sentences.find(
      (candidate) =>
        /\b(?:for example|e\.g\.|such as|like|format|looks? like|has|have|consists?|starts?|begins?)\b/i.test(
          candidate,
        ) &&
        terms.length > 0 &&
        terms.every((term) => topicStems(candidate).includes(term)) &&
        exampleIn(candidate) !== undefined,
    );
    const example = sentence === undefined ? undefined : exampleIn(sentence);
    return example === undefined ? field : { ...field, pattern: patternOf(example), form: `for example ${example}` };
  });
}

/** A code: letters and digits, at least four characters, at least two digits. */
const exampleIn = (sentence: string): string | undefined =>
  sentence.match(/\b[A-Z]{1,6}[-/ ]?\d{2,12}\b|\b\d{2,6}[-/][A-Z0-9]{2,8}\b/g)?.find((code) => !/^\d+$/.test(code));

/** `CC-204518` → `CC-?\d{6}`: separators are often left out in speech. */
const patternOf = (example: string): string =>
  example.replace(/\d+|[-/ ]/g, (part) => (/\d/.test(part) ? `\\d{${part.length}}` : '[-/ ]?'));
