import type { AnswerOf } from '../../../client/index.ts';

export type LiveContext = AnswerOf<'getAgentContext'>;

/** A fact as the form holds it: text as it is, anything else as JSON. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What an agent is told for now, as it is written. */
export interface ContextDraft {
  readonly facts: readonly Fact[];
  readonly notes: string;
  readonly specialInstructions: string;
}

/** The API's own measure (`shared/control/live-context.ts`). */
const MAX_BYTES = 8192;

export const draftOf = ({ data, notes, specialInstructions }: LiveContext): ContextDraft => ({
  facts: factsOf(data),
  notes: notes ?? '',
  specialInstructions: specialInstructions ?? '',
});

export const factsOf = (data: Readonly<Record<string, unknown>>): readonly Fact[] =>
  Object.entries(data).map(([name, value]) => ({
    name,
    // A text that would be read as something else keeps its quotes.
    value: typeof value === 'string' && readValue(value) === value ? value : JSON.stringify(value),
  }));

/** `true`, `12` and `{"a":1}` are what they say; everything else is text. */
function readValue(text: string): unknown {
  if (!/^(?:true|false|null|-?\d|["[{])/.test(text.trim())) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export const dataOf = (facts: readonly Fact[]): Record<string, unknown> =>
  Object.fromEntries(facts.map(({ name, value }) => [name.trim(), readValue(value)]));

/** What is wrong with a fact, by its place in the list. */
export function factFaults(facts: readonly Fact[]): readonly (string | undefined)[] {
  return facts.map(({ name }, index) => {
    if (name.trim() === '') return 'Give it a name.';
    if (name.trim().length > 128) return 'At most 128 characters.';
    const isTwice = facts.findIndex((other) => other.name.trim() === name.trim()) < index;
    return isTwice ? 'There is another one of this name.' : undefined;
  });
}

/** The body of the change. */
export const bodyOf = ({ facts, notes, specialInstructions }: ContextDraft) => ({
  data: dataOf(facts),
  notes: notes.trim() === '' ? null : notes.trim(),
  specialInstructions: specialInstructions.trim() === '' ? null : specialInstructions.trim(),
});

export const sizeFault = (draft: ContextDraft): string | undefined =>
  new TextEncoder().encode(JSON.stringify(bodyOf(draft))).length > MAX_BYTES
    ? 'A context has at most 8 KB as JSON.'
    : undefined;

export const asJson = (facts: readonly Fact[]): string => JSON.stringify(dataOf(facts), null, 2);

/** The facts of a JSON object; a text that says why it is none. */
export function readJson(text: string): readonly Fact[] | string {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || Array.isArray(read))
      return 'It must be an object: {"name": "value"}.';
    return factsOf(read as Record<string, unknown>);
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}
