import type * as z from 'zod';
import { sampleDetails } from '../building/sample-details.ts';
import type { SpecificationDocument } from '../building/specification.ts';
import type { AgentVersionView, ClausePlaceView } from './agent-version-view-schemas.ts';

type Place = z.output<typeof ClausePlaceView>;
type Procedure = SpecificationDocument['procedures'][number];
type Rule = Procedure['rules'][number];

interface Placed extends Place {
  readonly clauseIds: readonly string[];
}

/** The clauses of a specification, each with where it went: lines of the prompt, tools, and what tried them. */
export const clausesWithPlaces = (
  specification: SpecificationDocument,
): z.output<typeof AgentVersionView>['clauses'] => {
  const placed = placesOf(specification);
  return specification.clauses.map(({ id, heading = null, text }) => ({
    id,
    heading,
    text,
    places: placed.flatMap(({ clauseIds, ...place }) => (clauseIds.includes(id) ? [place] : [])),
  }));
};

const placesOf = ({ greeting, style, guidance, refusals, handoff, knowledge, procedures }: SpecificationDocument) => [
  inPrompt('greeting', greeting),
  ...style.map((statement) => inPrompt('style', statement)),
  ...guidance.map((statement) => inPrompt('guidance', statement)),
  ...refusals.map(({ topic, reply, clauseIds }) => inPrompt('refusal', { text: `${topic}: “${reply}”`, clauseIds })),
  ...handoff.triggers.flatMap((trigger) => [inPrompt('hand-off', trigger), tool('hand_off_to_human', trigger)]),
  tool('search_knowledge', { text: knowledge.description, clauseIds: knowledge.clauseIds }),
  ...procedures.flatMap(placesOfProcedure),
];

interface Said {
  readonly text: string;
  readonly clauseIds: readonly string[];
}

const inPrompt = (name: string, { text, clauseIds }: Said): Placed => ({ kind: 'prompt', name, text, clauseIds });
const tool = (name: string, { text, clauseIds }: Said): Placed => ({ kind: 'tool', name, text, clauseIds });

const placesOfProcedure = (procedure: Procedure): Placed[] => {
  const { name, description, rules, clauseIds } = procedure;
  const all = [...new Set([...clauseIds, ...rules.flatMap((rule) => rule.clauseIds)])];
  return [
    tool(name, { text: description, clauseIds }),
    ...rules.map((rule) => tool(name, { text: ruleInWords(procedure, rule), clauseIds: rule.clauseIds })),
    { kind: 'test', name, text: trialInWords(procedure), clauseIds: all },
  ];
};

const ruleInWords = ({ fields }: Procedure, { field, test, value, outcome }: Rule): string => {
  const label = fields.find(({ name }) => name === field)?.label ?? field;
  return `If ${label} is ${test.replaceAll('_', ' ')} ${value}: ${outcomeInWords(outcome)}`;
};

const outcomeInWords = (outcome: Rule['outcome']): string => {
  if (outcome.kind === 'say') return `say “${outcome.text}”`;
  return outcome.kind === 'look_up' ? `look up “${outcome.query}”` : `hand over: ${outcome.reason}`;
};

/** The dry run calls each tool with these very inputs before the code is approved (`dry-run-child.ts`). */
const trialInWords = ({ fields }: Procedure): string => {
  const properties = Object.fromEntries(fields.map(({ name }) => [name, {}]));
  const inputs = sampleDetails({ properties, required: fields.filter((one) => one.required).map(({ name }) => name) });
  const labels = fields.map(({ label }) => label).join(', ');
  return `Dry run with ${inputs.length} inputs: ${labels} complete, each missing, each malformed.`;
};
