import { Agent, FunctionTool, type JSONSchema, type Model } from '@strands-agents/sdk';
import * as z from 'zod';
import type { Finding } from '../../shared/building/building.ts';
import type { Clause } from '../kit/index.ts';
import { problemsOfSpecification, type Specification, SpecificationSchema } from './specification.ts';

export interface SpecifyInput {
  readonly agentName: string;
  readonly clauses: readonly Clause[];
  readonly knowledgeDescription: string;
  readonly handoffDescription: string;
  readonly files: readonly { readonly path: string; readonly description: string }[];
  /** Why the code checker rejected the former attempt. */
  readonly findings: readonly Finding[];
}

/** Submissions of one attempt; what three corrections have not mended a fourth will not. */
const MAX_MODEL_CALLS = 5;

const INSTRUCTIONS = `You turn a standard operating procedure into the specification of an agent that serves customers by voice and text.
Read the numbered clauses and call the tool submit_specification once. If it reports problems, correct them and call it again.
Take everything from the clauses and invent nothing. Name for each element the clauses it comes from.
A procedure is a task for which details are collected from the customer before something is decided.
A refusal is something that is never promised, given or done, and what is said instead.
A trigger is a situation in which a person takes over.
Clauses you do not use are kept word for word as guidance, so leave guidance to those you must reword.
Whatever is said aloud is short and plain, without lists, symbols or markup.`;

/** No specification came that could be built; the message says what was wrong with the last one. */
class SpecificationFailed extends Error {
  constructor(problems: readonly string[]) {
    super(
      problems.length === 0
        ? 'The model submitted no specification.'
        : `The model's specification was refused: ${problems.slice(0, 5).join(' ')}`,
    );
    this.name = 'SpecificationFailed';
  }
}

/**
 * Has the model draw the specification from the clauses; it learns what is wrong with a submission and may correct it.
 * @throws SpecificationFailed; errors of Bedrock as they come.
 */
export async function specify(model: Model, input: SpecifyInput, signal: AbortSignal): Promise<Specification> {
  let accepted: Specification | undefined;
  let problems: readonly string[] = [];
  const submit = new FunctionTool({
    name: 'submit_specification',
    description: 'Submits the specification of the agent. Returns problems to correct, or that it is accepted.',
    inputSchema: specificationJsonSchema(),
    callback: (submitted) => {
      const judged = judgeSpecification(submitted, input.clauses);
      problems = judged.problems;
      accepted = judged.specification ?? accepted;
      return judged.specification === undefined
        ? { accepted: false, problems: [...judged.problems] }
        : { accepted: true, problems: [] };
    },
  });
  const agent = new Agent({ model, systemPrompt: INSTRUCTIONS, tools: [submit], printer: false, sandbox: false });
  await agent.invoke(describeTask(input), { cancelSignal: signal, limits: { turns: MAX_MODEL_CALLS } });
  signal.throwIfAborted();
  if (accepted === undefined) throw new SpecificationFailed(problems);
  return accepted;
}

const specificationJsonSchema = (): JSONSchema => {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(SpecificationSchema, { io: 'input' });
  return schema as JSONSchema;
};

/** Checks a submission; either a specification or the problems with it. */
export function judgeSpecification(
  submitted: unknown,
  clauses: readonly Clause[],
): { specification?: Specification; problems: readonly string[] } {
  const parsed = SpecificationSchema.safeParse(submitted);
  if (!parsed.success) {
    return { problems: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).slice(0, 20) };
  }
  const problems = problemsOfSpecification(parsed.data, clauses);
  return problems.length === 0 ? { specification: parsed.data, problems } : { problems };
}

function describeTask({ agentName, clauses, findings, files, ...described }: SpecifyInput): string {
  return [
    `Agent: ${agentName}`,
    `When the documents are consulted: ${oneLine(described.knowledgeDescription)}`,
    `When a person takes over: ${oneLine(described.handoffDescription)}`,
    ...(files.length === 0 ? [] : ['Documents:', ...files.map((file) => `${file.path}: ${oneLine(file.description)}`)]),
    'Clauses:',
    ...clauses.map(({ id, heading, text }) => `${id}${heading === undefined ? '' : ` [${heading}]`}: ${text}`),
    ...(findings.length === 0
      ? []
      : ['The former attempt was rejected. Avoid this:', ...findings.map(describeFinding)]),
  ].join('\n');
}

const describeFinding = ({ rule, file, message }: Finding): string =>
  `${rule}${file === undefined ? '' : ` in ${file}`}: ${oneLine(message)}`;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
