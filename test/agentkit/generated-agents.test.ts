import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { renderAgentFile } from '../../agentkit/creator/render-agent-file.ts';
import { MAX_PROMPT_CHARACTERS, renderPrompt } from '../../agentkit/creator/render-prompt.ts';
import { specFile } from '../../agentkit/creator/spec-file.ts';
import { keepEveryClause, type Specification } from '../../agentkit/creator/specification.ts';
import { judgeSpecification } from '../../agentkit/creator/specify.ts';
import { specificationOf } from '../../local/services/bedrock-runtime/engine/specify/index.ts';
import type { CodeChecker, GeneratedFiles } from '../../shared/building/building.ts';
import { splitIntoClauses } from '../../shared/sop/clauses.ts';
import { builtAssets, checkerOf } from '../building/support.ts';

let check: CodeChecker;
beforeAll(async () => {
  // What is approved ends by itself, on however busy a machine.
  check = checkerOf(await builtAssets(), { timeoutMs: 60_000, memoryMb: 96 });
});

const OPTIONS = {
  agentName: 'Shop "Ö`\u0024{x}" & Sons',
  knowledgeDescription: 'Facts, see https://example.com/a.',
  handoffDescription: 'When angry:\n- shouting\n- swearing',
};

function filesFor(sop: string, specification?: Specification): GeneratedFiles {
  const clauses = splitIntoClauses(sop);
  const request = clauses.map(({ id, heading, text }) => `${id}${heading ? ` [${heading}]` : ''}: ${text}`).join('\n');
  const judged = judgeSpecification(specification ?? specificationOf(request), clauses);
  expect(judged.problems).toEqual([]);
  const complete = keepEveryClause(judged.specification as Specification, clauses);
  const about = { agentName: OPTIONS.agentName, agentType: 'both', files: [] };
  return {
    agentFile: renderAgentFile(complete, clauses, OPTIONS),
    prompt: renderPrompt(complete, { ...OPTIONS, maxCharacters: MAX_PROMPT_CHARACTERS }),
    specification: JSON.stringify(specFile(complete, clauses, about)),
  };
}

const errorsOf = async (files: GeneratedFiles): Promise<unknown[]> =>
  (await check(files)).findings.filter((finding) => finding.severity !== 'warning');

test('every kind of rule and outcome renders to code that the checker approves', async () => {
  const specification: Specification = {
    greeting: { text: 'Hello', clauseIds: ['c1'] },
    style: [],
    guidance: [],
    procedures: [
      {
        name: 'return_goods',
        description: 'Wants to return "goods" </script> \u0024{process.exit()}',
        fields: [
          { name: 'orderDate', label: 'order date', kind: 'date', required: true },
          { name: 'amount', label: 'amount', kind: 'number', required: false },
          { name: 'colour', label: 'colour', kind: 'text', required: false },
        ],
        rules: [
          {
            field: 'orderDate',
            test: 'older_than_days',
            value: 30,
            outcome: { kind: 'say', text: 'Too late, {colour}.' },
            clauseIds: ['c1'],
          },
          {
            field: 'orderDate',
            test: 'at_most_days_old',
            value: 1,
            outcome: { kind: 'hand_off', reason: 'New', text: 'One moment.' },
            clauseIds: ['c1'],
          },
          {
            field: 'amount',
            test: 'greater_than',
            value: '100',
            outcome: { kind: 'hand_off', reason: 'Dear' },
            clauseIds: [],
          },
          {
            field: 'amount',
            test: 'less_than',
            value: 1,
            outcome: { kind: 'look_up', query: 'cheap {colour}' },
            clauseIds: [],
          },
          {
            field: 'colour',
            test: 'equals',
            value: 'Red',
            outcome: { kind: 'look_up', query: 'red', note: 'Red it is.' },
            clauseIds: [],
          },
        ],
        otherwise: { kind: 'look_up', query: 'returns' },
        clauseIds: ['c1'],
      },
    ],
    refusals: [{ topic: 'a discount', reply: 'No.', clauseIds: ['c1'] }],
    handoff: { triggers: [{ text: 'Anger', clauseIds: ['c1'] }] },
    knowledge: { description: 'Facts', clauseIds: [] },
  };
  expect(await errorsOf(filesFor('Take returns.', specification))).toEqual([]);
});

test('whatever an SOP says, the agent drawn from it passes the checker', async () => {
  const phrase = fc.constantFrom(
    'Ask for the order number, the email address and the date of purchase.',
    'An order number looks like AB-1234.',
    'Never promise a delivery date `now` or *ever*.',
    'If the order is older than 30 days, hand over to a person.',
    'Greet with "Hi \u0024{name} \u2028 </x>".',
    "Don't quote a price; say that prices are on www.example.com.",
    'When a guest wants to cancel, collect the name, whether they paid, and the constructor, then escalate to the manager.',
    'Speak plainly 🙂 | always.',
    'process.exit(1); import("fs")',
  );
  const text = fc.oneof(phrase, fc.string({ unit: 'grapheme', maxLength: 60 }));
  const line = fc.tuple(fc.constantFrom('', '- ', '# ', '3) '), text).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), async (lines) => {
      const sop = lines.join('\n');
      fc.pre(splitIntoClauses(sop).length > 0);
      expect(await errorsOf(filesFor(sop))).toEqual([]);
    }),
    { numRuns: 25 },
  );
}, 120_000);
