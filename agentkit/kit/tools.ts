import type { DetailSchema, Details, ToolContext, ToolDefinition, ToolOutcome } from './definition.ts';

/** One thing to learn from the customer. */
export interface Field {
  /** camelCase; becomes the name in the tool's schema. */
  readonly name: string;
  /** As a person would name it: `order number`. */
  readonly label: string;
  readonly kind: 'text' | 'email' | 'phone' | 'date' | 'number';
  /** The form a valid value has, matched against the whole value without regard to case. */
  readonly pattern?: string;
  /** How a valid value looks, said to a customer who gave another: `CC followed by six digits`. */
  readonly form?: string;
  /** How it is asked for, when "Could you tell me your …?" would not do. */
  readonly question?: string;
  readonly required: boolean;
}

/** Finds passages in the agent's documents; the host runs the search, the model answers from what it finds. */
export function searchKnowledge(tool: {
  readonly name: string;
  readonly description: string;
  readonly clauseIds: readonly string[];
}): ToolDefinition {
  return {
    ...tool,
    inputSchema: schemaOf({ query: { type: 'string', description: 'The question to look up, in full words.' } }, [
      'query',
    ]),
    run: ({ query }) =>
      query === undefined || query.trim() === ''
        ? { kind: 'ask', field: 'query', text: 'What would you like to know?' }
        : { kind: 'search', query },
  };
}

/** Learns details from the customer, checks their form, and only then runs the business logic in `then`. */
export function collectDetails(tool: {
  readonly name: string;
  readonly description: string;
  readonly clauseIds: readonly string[];
  readonly fields: readonly Field[];
  readonly then: (details: Details, context: ToolContext) => ToolOutcome;
}): ToolDefinition {
  const { name, description, clauseIds, fields } = tool;
  const properties = Object.fromEntries(fields.map((field) => [field.name, schemaOfField(field)]));
  const required = fields.filter((field) => field.required).map((field) => field.name);
  return {
    name,
    description,
    clauseIds,
    inputSchema: schemaOf(properties, required),
    run: (details, context) => firstQuestion(fields, details) ?? tool.then(details, context),
  };
}

/** Passes the conversation to a person, with a reason and what is known so far. */
export function handOffToHuman(tool: {
  readonly name: string;
  readonly description: string;
  readonly clauseIds: readonly string[];
}): ToolDefinition {
  return {
    ...tool,
    inputSchema: schemaOf(
      {
        reason: { type: 'string', description: 'Why a person is needed, in a few words.' },
        summary: { type: 'string', description: 'What the customer wants, in one or two sentences.' },
      },
      ['reason', 'summary'],
    ),
    run: ({ reason = 'The customer asked for a person.', summary = '' }) => ({
      kind: 'handoff',
      reason,
      summary,
      collected: {},
    }),
  };
}

/** Outcome: the model says this, in its own voice. */
export const say = (text: string): ToolOutcome => ({ kind: 'say', text });

/** Outcome: the model asks for one detail and calls the tool again with it. */
export const ask = (field: string, text: string): ToolOutcome => ({ kind: 'ask', field, text });

/** Outcome: the model answers from the documents; `note` is what the logic has already decided. */
export const lookUp = (query: string, note?: string): ToolOutcome =>
  note === undefined ? { kind: 'search', query } : { kind: 'search', query, note };

/** Outcome: a person takes over with all details collected; `text` is what the customer is told. */
export const handOff = (reason: string, collected: Details, text?: string): ToolOutcome => ({
  kind: 'handoff',
  reason,
  summary: `${reason} ${Object.values(collected).join(', ')}`.trim(),
  collected,
  ...(text === undefined ? {} : { text }),
});

/** Puts details in the place of their names: `fill('a {size} duvet', { size: 'large' })` is `a large duvet`. */
export const fill = (template: string, details: Details): string =>
  template
    .replace(/\{([a-z][a-zA-Z0-9]*)\}/g, (_match, name: string) => details[name]?.trim() ?? '')
    .replace(/\s+/g, ' ')
    .trim();

const DAY_MS = 86_400_000;

/** Whole days from an ISO date to another; undefined when either is not a date. Negative when the date lies ahead. */
export function daysSince(isoDate: string | undefined, today: string): number | undefined {
  const days = (Date.parse(today.slice(0, 10)) - Date.parse((isoDate ?? '').slice(0, 10))) / DAY_MS;
  return Number.isFinite(days) ? Math.round(days) : undefined;
}

const schemaOf = (
  properties: Readonly<Record<string, DetailSchema>>,
  required: readonly string[],
): ToolDefinition['inputSchema'] => ({ type: 'object', properties, required, additionalProperties: false });

function schemaOfField(field: Field): DetailSchema {
  const description =
    field.form === undefined ? `The customer's ${field.label}.` : `The customer's ${field.label}: ${field.form}.`;
  return {
    type: 'string',
    description,
    ...(field.pattern === undefined ? {} : { pattern: field.pattern }),
    ...(field.kind === 'email' || field.kind === 'phone' || field.kind === 'date' ? { format: field.kind } : {}),
  };
}

const FORMS: Readonly<Record<Field['kind'], RegExp>> = {
  text: /\S/,
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  phone: /^\+?[\d\s()/.-]{5,20}$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  number: /^-?\d+(?:[.,]\d+)?$/,
};

function firstQuestion(fields: readonly Field[], details: Details): ToolOutcome | undefined {
  for (const field of fields) {
    const value = details[field.name]?.trim() ?? '';
    if (value === '' && field.required)
      return ask(field.name, field.question ?? `Could you tell me your ${field.label}?`);
    if (value !== '' && !isWellFormed(field, value)) return ask(field.name, malformed(field));
  }
  return undefined;
}

const isWellFormed = (field: Field, value: string): boolean =>
  FORMS[field.kind].test(value) &&
  (field.pattern === undefined || new RegExp(`^(?:${field.pattern})$`, 'i').test(value));

const malformed = (field: Field): string =>
  field.form === undefined
    ? `That does not look like a valid ${field.label}. Could you say it again?`
    : `That does not look like a valid ${field.label}. It should be ${field.form}. Could you say it again?`;
