import { spawn } from 'node:child_process';
import * as z from 'zod';
import type { Finding } from './building.ts';
import type { CheckerAssets } from './checker-assets.ts';

export interface DryRunLimits {
  /** Wall time until the process is killed. */
  readonly timeoutMs: number;
  /** Heap of the process. */
  readonly memoryMb: number;
}

/** A plain agent needs about 100 ms and 10 MB; the rest is for busy machines. */
const DRY_RUN_LIMITS: DryRunLimits = { timeoutMs: 8_000, memoryMb: 96 };

const MAX_OUTPUT_BYTES = 8_000_000;

const Text = z.string().max(10_000);

/** `ToolOutcome` of the kit, to the letter: the host carries out nothing else. */
const Outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('say'), text: Text.min(1) }),
  z.strictObject({ kind: z.literal('ask'), field: Text.min(1), text: Text.min(1) }),
  z.strictObject({ kind: z.literal('search'), query: Text.min(1), note: Text.optional() }),
  z.strictObject({
    kind: z.literal('handoff'),
    reason: Text.min(1),
    summary: Text,
    collected: z.record(z.string(), z.string()),
    text: Text.min(1).optional(),
  }),
]);

const ClauseIds = z.array(z.string());
const Statement = z.object({ text: z.string(), clauseIds: ClauseIds });

/** `AgentDefinition` of the kit, as JSON shows it (functions vanish). */
const Definition = z.object({
  name: z.string().min(1),
  greeting: Statement,
  style: z.array(Statement),
  clauses: z.array(z.object({ id: z.string(), heading: z.string().optional(), text: z.string() })),
  refusals: z.array(z.object({ topic: z.string(), reply: z.string(), clauseIds: ClauseIds })),
  tools: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      clauseIds: ClauseIds,
      inputSchema: z.object({
        type: z.literal('object'),
        properties: z.record(z.string(), z.object({ type: z.string(), description: z.string() })),
        required: z.array(z.string()),
        additionalProperties: z.literal(false),
      }),
    }),
  ),
});
export type DryRunDefinition = z.output<typeof Definition>;

const Report = z.object({
  definition: z.unknown().optional(),
  error: z.string().optional(),
  outcomes: z
    .array(
      z.object({
        tool: z.number(),
        details: z.record(z.string(), z.string()),
        value: z.unknown().optional(),
        error: z.string().optional(),
      }),
    )
    .default([]),
});

export interface DryRun {
  readonly findings: readonly Finding[];
  /** There when the module defined an agent. */
  readonly definition?: DryRunDefinition;
}

/** Imports a transpiled agent in a process of its own, runs every tool with sample details and judges what comes out. */
export async function dryRun(
  assets: Pick<CheckerAssets, 'dryRunChild' | 'kitModule'>,
  agentModule: string,
  limits: DryRunLimits = DRY_RUN_LIMITS,
): Promise<DryRun> {
  // Any day will do; a fixed one makes the run repeatable.
  const task = JSON.stringify({ agentModule, kitModule: assets.kitModule, today: '2026-11-21' });
  const ended = await runChild(assets.dryRunChild, task, limits);
  if (ended.problem !== undefined) return { findings: [finding(ended.problem)] };
  const report = Report.safeParse(parseJson(ended.output));
  if (!report.success) return { findings: [finding('The agent could not be run: the file defines no agent.')] };
  return judge(report.data);
}

function judge({ definition, error, outcomes }: z.output<typeof Report>): DryRun {
  if (error !== undefined) return { findings: [finding(`The file fails when it is loaded: ${error}`)] };
  const defined = Definition.safeParse(definition);
  if (!defined.success)
    return {
      findings: defined.error.issues.map((issue) => finding(`agent.${issue.path.join('.')}: ${issue.message}`)),
    };
  const findings = outcomes.flatMap((outcome) => {
    const name = defined.data.tools[outcome.tool]?.name ?? '';
    const given = `Tool "${name}", run with ${JSON.stringify(outcome.details).slice(0, 200)},`;
    if (outcome.error !== undefined)
      return [finding(`${given} failed: ${outcome.error.slice(0, 300)}. Handle this case.`)];
    const judged = Outcome.safeParse(outcome.value);
    return judged.success
      ? []
      : [finding(`${given} gave no valid outcome (${firstIssue(judged.error)}): return say, ask, lookUp or handOff.`)];
  });
  return { findings: onePerMessage(findings), definition: defined.data };
}

const finding = (message: string): Finding => ({ rule: 'dry-run', message, file: 'agent_file.ts' });

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'outcome'}: ${issue.message}`;
};

const onePerMessage = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((each) => [each.message, each])).values(),
];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Ended {
  readonly output: string;
  /** Why there is no usable output. */
  readonly problem?: string;
}

function runChild(script: string, input: string, limits: DryRunLimits): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, childArguments(script, limits), {
      env: loaderEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let problem: string | undefined;
    const stop = (reason: string): void => {
      problem ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () => stop(`It did not finish within ${limits.timeoutMs / 1000} s: look for a loop without end.`),
      limits.timeoutMs,
    );
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) stop('Its outcomes are too large: keep texts to a few sentences.');
      else chunks.push(chunk);
    });
    // Node's own complaints; nothing of the agent can write here.
    child.stderr.resume();
    // The child may be gone before it has read its input.
    child.stdin.on('error', () => undefined);
    child.on('error', () => stop('The dry run could not be started.'));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      problem ??= endingOf(code, signal, limits);
      resolve({ output: Buffer.concat(chunks).toString('utf8'), ...(problem === undefined ? {} : { problem }) });
    });
    child.stdin.end(input);
  });
}

/** Nothing of ours, but where the loader finds the libraries Node itself may be linked with (Lambda's lie in /var/lang/lib). */
const loaderEnvironment = (): NodeJS.ProcessEnv => {
  const { LD_LIBRARY_PATH } = process.env;
  return LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH };
};

const childArguments = (script: string, limits: DryRunLimits): string[] => [
  '--permission',
  `--allow-fs-read=${script}`,
  '--disallow-code-generation-from-strings',
  '--experimental-vm-modules',
  '--no-warnings',
  `--max-old-space-size=${limits.memoryMb}`,
  script,
];

/** V8 aborts when the heap is full; Node exits with 13 when the file waits for what never comes. */
function endingOf(code: number | null, signal: NodeJS.Signals | null, limits: DryRunLimits): string | undefined {
  if (code === 0) return undefined;
  if (code === 13) return 'The file never finishes loading: remove what it waits for.';
  if (signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134 || code === 133)
    return `It needed more than ${limits.memoryMb} MB of memory: look for data that grows without bound.`;
  return `It ended abnormally (${signal ?? code}).`;
}
