import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCheckerAssets } from '../../scripts/build-checker-assets.ts';
import type { CheckedCode, CodeChecker, GeneratedFiles } from '../../shared/building/building.ts';
import { checkAgentCode } from '../../shared/building/check-agent-code.ts';
import { type CheckerAssets, loadCheckerAssets } from '../../shared/building/checker-assets.ts';
import type { DryRunLimits } from '../../shared/building/dry-run.ts';
import { makeTypeChecker } from '../../shared/building/type-check.ts';

export async function builtAssets(): Promise<CheckerAssets> {
  const directory = await mkdtemp(join(tmpdir(), 'checker-assets-'));
  await buildCheckerAssets(directory);
  return loadCheckerAssets(directory);
}

export const checkerOf = (assets: CheckerAssets, limits?: DryRunLimits): CodeChecker =>
  checkAgentCode({ assets, types: makeTypeChecker(assets, () => 0), ...(limits === undefined ? {} : { limits }) });

const CLAUSES = [
  { id: 'c1', heading: 'Greeting', text: 'Greet the customer by the name of the shop.' },
  { id: 'c2', heading: 'Orders', text: 'Ask for the order number before saying anything about an order.' },
];

export const SPECIFICATION = {
  clauses: CLAUSES,
  greeting: { text: 'Hello, this is Cozy Comfort.', clauseIds: ['c1'] },
  style: [],
  guidance: [],
  procedures: [
    {
      name: 'order_status',
      description: 'Finds out where an order is.',
      fields: [
        {
          name: 'orderNumber',
          label: 'order number',
          kind: 'text',
          pattern: 'CC\\d{6}',
          form: 'CC followed by six digits',
          required: true,
        },
      ],
      rules: [],
      otherwise: { kind: 'hand_off', reason: 'Order status' },
      clauseIds: ['c2'],
    },
  ],
  refusals: [],
  handoff: { triggers: [] },
  knowledge: { description: 'Questions about products.', clauseIds: [] },
};

export interface Parts {
  /** Statements before the definition. */
  readonly top?: string;
  /** Body of the tool's function: `details` and `context` are there. */
  readonly logic?: string;
  readonly imports?: string;
  readonly tools?: string;
}

export const agentFile = ({
  top = '',
  logic = "return handOff('Order status', details);",
  imports,
  tools = '',
}: Parts = {}) =>
  `${imports ?? "import { collectDetails, defineAgent, handOff, handOffToHuman, lookUp, say, searchKnowledge } from '@oratio/agent-kit';"}
${top}
export const agent = defineAgent({
  name: 'Cozy',
  greeting: { text: 'Hello, this is Cozy Comfort.', clauseIds: ['c1'] },
  style: [],
  clauses: ${JSON.stringify(CLAUSES)},
  refusals: [],
  tools: [
    searchKnowledge({ name: 'search_knowledge', description: 'Looks things up.', clauseIds: [] }),
    handOffToHuman({ name: 'hand_off_to_human', description: 'Passes on.', clauseIds: [] }),
    collectDetails({
      name: 'order_status',
      description: 'Finds out where an order is.',
      clauseIds: ['c2'],
      fields: [{ name: 'orderNumber', label: 'order number', kind: 'text', pattern: 'CC\\\\d{6}', required: true }],
      then: (details, context) => {
        ${logic}
      },
    }),${tools}
  ],
});
`;

export const PROMPT = 'You are Cozy. You speak with customers.\nAsk for the order number first (c2).\n';

export const files = (changes: Partial<GeneratedFiles> = {}): GeneratedFiles => ({
  agentFile: agentFile(),
  prompt: PROMPT,
  specification: JSON.stringify(SPECIFICATION),
  ...changes,
});

/** `rule: message` of each finding, and whether the code was approved. */
export const verdict = ({ findings, transpiled }: CheckedCode) => ({
  approved: transpiled !== undefined,
  rules: [...new Set(findings.map((finding) => finding.rule))],
});
