import type { Clause } from '../kit/index.ts';
import { type BuildOptions, builtInTools } from './built-in-tools.ts';
import type { Outcome, Procedure, Specification } from './specification.ts';

/** The TypeScript source of a generated agent. Every string is a JSON literal, so no text of an SOP can become code. */
export function renderAgentFile(
  specification: Specification,
  clauses: readonly Clause[],
  options: BuildOptions,
): string {
  const procedures = specification.procedures.map(renderProcedure);
  const body = [...procedures, renderAgent(specification, clauses, options)].join('\n\n');
  return `import { ${importsOf(body).join(', ')} } from '@oratio/agent-kit';\n\n${body}\n`;
}

const KIT_FUNCTIONS = [
  'collectDetails',
  'daysSince',
  'defineAgent',
  'fill',
  'handOff',
  'handOffToHuman',
  'lookUp',
  'say',
  'searchKnowledge',
];

const importsOf = (body: string): string[] =>
  KIT_FUNCTIONS.filter((name) => new RegExp(`(?<![\\w"'])${name}\\(`).test(withoutStrings(body)));

const withoutStrings = (source: string): string => source.replace(/"(?:[^"\\]|\\.)*"/g, '""');

const literal = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');

function renderProcedure(procedure: Procedure, index: number): string {
  const usesToday = procedure.rules.some((rule) => rule.test === 'older_than_days' || rule.test === 'at_most_days_old');
  const outcomes = [...procedure.rules.map((rule) => rule.outcome), procedure.otherwise];
  const usesDetails = procedure.rules.length > 0 || outcomes.some(readsDetails);
  const parameters = usesToday ? '(details, { today })' : usesDetails ? '(details)' : '()';
  return `const procedure${index + 1} = collectDetails({
  name: ${literal(procedure.name)},
  description: ${literal(procedure.description)},
  clauseIds: ${literal(procedure.clauseIds)},
  fields: [
${procedure.fields.map((field) => `    ${literal(field)},`).join('\n')}
  ],
  then: ${parameters} => {
${procedure.rules.map(renderRule).join('')}    return ${renderOutcome(procedure.otherwise)};
  },
});`;
}

function renderRule(rule: Procedure['rules'][number]): string {
  const value = `details[${literal(rule.field)}]`;
  const days = `daysSince(${value}, today)`;
  const condition = {
    older_than_days: `(${days} ?? -1) > ${Number(rule.value)}`,
    at_most_days_old: `(${days} ?? Infinity) <= ${Number(rule.value)}`,
    greater_than: `Number(${value} ?? NaN) > ${Number(rule.value)}`,
    less_than: `Number(${value} ?? NaN) < ${Number(rule.value)}`,
    equals: `${value}?.trim().toLowerCase() === ${literal(String(rule.value).trim().toLowerCase())}`,
  }[rule.test];
  return `    // ${rule.clauseIds.join(', ')}\n    if (${condition}) return ${renderOutcome(rule.outcome)};\n`;
}

const PLACEHOLDER = /\{[a-z][a-zA-Z0-9]*\}/;

const readsDetails = (outcome: Outcome): boolean =>
  outcome.kind === 'hand_off' || PLACEHOLDER.test(outcome.kind === 'say' ? outcome.text : outcome.query);

const filled = (template: string): string =>
  PLACEHOLDER.test(template) ? `fill(${literal(template)}, details)` : literal(template);

function renderOutcome(outcome: Outcome): string {
  if (outcome.kind === 'say') return `say(${filled(outcome.text)})`;
  if (outcome.kind === 'hand_off') {
    return `handOff(${literal(outcome.reason)}, details${outcome.text === undefined ? '' : `, ${filled(outcome.text)}`})`;
  }
  return `lookUp(${filled(outcome.query)}${outcome.note === undefined ? '' : `, ${literal(outcome.note)}`})`;
}

function renderAgent(specification: Specification, clauses: readonly Clause[], options: BuildOptions): string {
  const { greeting, style, refusals } = specification;
  const { search, handoff } = builtInTools(specification, options);
  return `export const agent = defineAgent({
  name: ${literal(options.agentName)},
  greeting: ${literal(greeting)},
  style: ${list(style)},
  clauses: ${list(clauses)},
  refusals: ${list(refusals)},
  tools: [
    searchKnowledge({
      name: ${literal(search.name)},
      description: ${literal(search.description)},
      clauseIds: ${literal(search.clauseIds)},
    }),
${specification.procedures.map((_, index) => `    procedure${index + 1},\n`).join('')}    handOffToHuman({
      name: ${literal(handoff.name)},
      description: ${literal(handoff.description)},
      clauseIds: ${literal(handoff.clauseIds)},
    }),
  ],
});`;
}

const list = (values: readonly unknown[]): string =>
  values.length === 0 ? '[]' : `[\n${values.map((value) => `    ${literal(value)},`).join('\n')}\n  ]`;
