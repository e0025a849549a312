import type * as TypeScript from 'typescript';
import type { CheckedCode, Finding, GeneratedFiles } from './building.ts';
import type { CheckerAssets, Compiler } from './checker-assets.ts';
import { checkCode } from './code-rules.ts';
import { type DryRunDefinition, type DryRunLimits, dryRun } from './dry-run.ts';
import { LIMITS } from './limits.ts';
import { problemsOfSpecification, SpecificationDocument, toolNamesOf } from './specification.ts';
import { checkPrompt, findSecrets } from './text-rules.ts';
import type { TypeChecker } from './type-check.ts';

export interface CheckerDependencies {
  readonly assets: Pick<CheckerAssets, 'compiler' | 'dryRunChild' | 'kitModule'>;
  readonly types: TypeChecker;
  readonly limits?: DryRunLimits;
}

/**
 * The gate. Every file passes every rule, or nothing is approved: `transpiled` is set only when all of it ran and no
 * finding is an error. Code that the static rules refuse is never run.
 */
export const checkAgentCode =
  (dependencies: CheckerDependencies) =>
  async (files: GeneratedFiles): Promise<CheckedCode> => {
    const tooLarge = checkSizes(files);
    if (tooLarge.length > 0) return { findings: tooLarge };
    const { specification, findings: ofSpecification } = readSpecification(files.specification);
    const clauseIds = specification && new Set(specification.clauses.map((clause) => clause.id));
    const ofCode = checkStatically(dependencies, files.agentFile);
    const findings = [
      ...ofSpecification,
      ...ofCode,
      ...checkPrompt(files.prompt, clauseIds),
      ...findSecrets(files.prompt, 'prompt.md'),
      ...findSecrets(files.specification, 'spec.json'),
    ];
    if (hasError(ofCode)) return rejection(findings);
    const transpiled = dependencies.types.transpile(files.agentFile);
    const ran = await runTranspiled(dependencies, transpiled, specification);
    const all = [...findings, ...ran];
    return hasError(all) || specification === undefined ? rejection(all) : { findings: all, transpiled };
  };

const hasError = (findings: readonly Finding[]): boolean => findings.some((finding) => finding.severity !== 'warning');

/** The first findings are the most telling, and the AgentCreator's prompt has an end. */
const rejection = (findings: readonly Finding[]): CheckedCode => ({ findings: findings.slice(0, LIMITS.findings) });

function checkSizes({ agentFile, prompt, specification }: GeneratedFiles): Finding[] {
  const sizes: readonly (readonly [file: string, text: string, limitBytes: number])[] = [
    ['agent_file.ts', agentFile, LIMITS.agentFileBytes],
    ['prompt.md', prompt, LIMITS.promptCharacters * 4],
    ['spec.json', specification, LIMITS.specificationBytes],
  ];
  return sizes.flatMap(([file, text, limitBytes]) => {
    const bytes = Buffer.byteLength(text);
    if (bytes > limitBytes)
      return [{ rule: 'size', message: `It has ${bytes} bytes: keep it to ${limitBytes}.`, file }];
    return text.trim() === '' ? [{ rule: 'missing', message: 'The file is empty: write it.', file }] : [];
  });
}

function readSpecification(text: string): { specification?: SpecificationDocument; findings: Finding[] } {
  const finding = (message: string): Finding => ({ rule: 'specification', message, file: 'spec.json' });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { findings: [finding('It is not JSON: write one JSON object.')] };
  }
  const parsed = SpecificationDocument.safeParse(json);
  if (!parsed.success)
    return { findings: parsed.error.issues.map((issue) => finding(`${issue.path.join('.')}: ${issue.message}`)) };
  return { specification: parsed.data, findings: problemsOfSpecification(parsed.data).map(finding) };
}

const AGENT_FILE = 'agent_file.ts';

function checkStatically({ assets: { compiler: ts }, types }: CheckerDependencies, agentFile: string): Finding[] {
  try {
    const { source, findings: ofSyntax } = types.parse(AGENT_FILE, agentFile);
    const found = [
      ...ofSyntax,
      ...checkCode(ts, source, AGENT_FILE),
      ...checkDirectives(agentFile),
      ...findSecretsInCode(ts, source),
    ];
    // Refused syntax may be there to keep the compiler busy for ever.
    return hasError(found) ? found : types.check(agentFile);
  } catch (error) {
    const isTooMuch = error instanceof ts.OperationCanceledException || error instanceof RangeError;
    if (!isTooMuch) throw error;
    return [
      { rule: 'size', message: 'The code is too involved for the compiler: write it plainly.', file: AGENT_FILE },
    ];
  }
}

/** Comments that change what the compiler sees or says. */
function checkDirectives(agentFile: string): Finding[] {
  return [...agentFile.matchAll(/@ts-(?:ignore|expect-error|nocheck|check)|\/\/\/\s*<|@jsx/g)].map((match) => ({
    rule: 'forbidden',
    message: 'Comments that direct the compiler are not allowed: correct the code instead.',
    file: AGENT_FILE,
    line: agentFile.slice(0, match.index).split('\n').length,
  }));
}

/** Looks at the text, and at each literal as it is after its escapes are resolved. */
function findSecretsInCode(ts: Compiler, source: TypeScript.SourceFile): Finding[] {
  const inText = findSecrets(source.text, AGENT_FILE);
  const inLiterals: Finding[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isStringLiteralLike(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      inLiterals.push(...findSecrets(node.text, AGENT_FILE, line));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return inText.length > 0 ? inText : inLiterals;
}

/** Runs what will be deployed, after one more look at it: the JavaScript must pass the rules that the TypeScript passed. */
async function runTranspiled(
  { assets, types, limits }: CheckerDependencies,
  transpiled: string,
  specification: SpecificationDocument | undefined,
): Promise<readonly Finding[]> {
  const { source } = types.parse('agent_file.mjs', transpiled);
  const ofOutput = checkCode(assets.compiler, source, 'agent_file.mjs');
  if (hasError(ofOutput)) return ofOutput;
  const { findings, definition } = await dryRun(assets, transpiled, limits);
  if (definition === undefined) return findings;
  return [
    ...findings,
    ...findSecrets(JSON.stringify(definition), AGENT_FILE),
    ...(specification === undefined ? [] : compareWithSpecification(definition, specification)),
  ];
}

/** What was specified must be implemented, and nothing else. */
function compareWithSpecification(agent: DryRunDefinition, specification: SpecificationDocument): Finding[] {
  const specified = toolNamesOf(specification);
  const implemented = agent.tools.map((tool) => tool.name);
  const clauses = new Map(specification.clauses.map((clause) => [clause.id, clause.text]));
  const finding = (message: string): Finding => ({ rule: 'specification', message, file: AGENT_FILE });
  return [
    ...specified
      .filter((name) => !implemented.includes(name))
      .map((name) => finding(`Tool "${name}" is specified but not implemented: add it to the agent's tools.`)),
    ...implemented
      .filter((name) => !specified.includes(name))
      .map((name) => finding(`Tool "${name}" is implemented but not specified: remove it or specify it.`)),
    ...agent.clauses
      .filter((clause) => clauses.get(clause.id) !== clause.text)
      .map((clause) => finding(`Clause "${clause.id}" is not the specification's: copy it word for word.`)),
    ...[...clauses.keys()]
      .filter((id) => !agent.clauses.some((clause) => clause.id === id))
      .map((id) => finding(`Clause "${id}" of the specification is missing: add it to the agent's clauses.`)),
  ];
}
