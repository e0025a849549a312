import { sentencesOf } from '../words.ts';

/** One numbered statement of an SOP as it stands in the request. */
export interface ClauseText {
  readonly id: string;
  /** Without its number. */
  readonly heading: string;
  readonly text: string;
  readonly sentences: readonly string[];
}

/** Reads lines of the form `c7 [Returns]: text`. */
export const readClauses = (request: string): ClauseText[] =>
  [...request.matchAll(/^(c\d+)(?: \[([^\n]*?)\])?: (.+)$/gm)].map((match) => ({
    id: match[1] ?? '',
    heading: (match[2] ?? '').replace(/^(?:(?:section|step|part)\s+)?[\dIVX]+(?:\.\d+)*[.):]?\s+/i, '').trim(),
    text: match[3] ?? '',
    sentences: sentencesOf(match[3] ?? ''),
  }));

const PERSON =
  '(?:person|human|colleague|team|agent|manager|supervisor|representative|specialist|someone|staff|(?:customer )?care|support|department|desk|reception|front desk|office|nurse|doctor|dentist|mechanic|technician|owner|duty \\w+)';

/** Whether a sentence has a person take over. */
export const handsOver = (sentence: string): boolean =>
  new RegExp(
    `\\b(?:hand(?:ed)?(?: \\w+)? over|hand off|transfer|escalate|forward|pass|connect|put through|register|refer)\\b.{0,120}\\b${PERSON}\\b`,
    'i',
  ).test(sentence) || /\b(?:hand (?:it |them )?over|escalate|transfer (?:the |them|him|her|call))\b/i.test(sentence);

/** `that the parcel comes tomorrow` → `The parcel comes tomorrow.`; for what a clause has the agent say. */
export function spokenWords(sentence: string): string | undefined {
  const quoted = /["“]([^"”]{3,})["”]/.exec(sentence)?.[1];
  if (quoted !== undefined) return asSentence(quoted);
  const told =
    /\b(?:say|tell (?:the \w+|them|him|her)|explain|inform (?:the \w+|them)|add|mention) (?:that )?(.{8,})$/i.exec(
      sentence,
    )?.[1];
  if (told === undefined || /^(?:so|when|how|what|whether|about|anything|you are sorry)\b/i.test(told))
    return undefined;
  return asSentence(
    told
      .replace(/,? and (?:then )?(?:offer|hand|ask|pass|transfer|escalate|end)\b.*$/i, '')
      .replace(/\band that\b/gi, 'and')
      .replace(
        /\b(?:the customer|the caller|the guest|the patient|the client) (gets|has|will|can|must|needs|receives)\b/gi,
        (_match, verb: string) => `you ${secondPerson(verb)}`,
      )
      .replace(/\byou do not know\b/gi, "I don't know"),
  );
}

const secondPerson = (verb: string): string => (verb === 'has' ? 'have' : verb.replace(/^(get|need|receive)s$/i, '$1'));

export const asSentence = (text: string): string => {
  const trimmed = text.trim().replace(/[,;:]$/, '');
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
};

/** `Order status & returns` → `order_status_returns`, at most 32 characters, whole words. */
export function toolName(text: string, taken: readonly string[]): string {
  const words = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z0-9 ]+/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '' && !/^(?:a|an|the|to|of|for|in|on)$/.test(word));
  let name = '';
  for (const word of words) {
    if (`${name}_${word}`.length > 28) break;
    name = name === '' ? word : `${name}_${word}`;
  }
  name = name.replace(/(?:_(?:or|and|with|which|if|not|is|are|did|has|have|that|by|at|from|be|was))+$/, '');
  if (!/^[a-z]/.test(name)) name = `task${name === '' ? '' : `_${name}`}`.slice(0, 28);
  const free = (candidate: string): boolean =>
    !taken.includes(candidate) && !/^(?:search_knowledge|hand_off_to_human)$/.test(candidate);
  for (let suffix = 1; ; suffix += 1) {
    const candidate = suffix === 1 ? name : `${name}_${suffix}`;
    if (free(candidate)) return candidate;
  }
}
