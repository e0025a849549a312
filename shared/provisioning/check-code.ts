import * as z from 'zod';
import {
  attemptPrefix,
  type CodeChecker,
  type Finding,
  type GeneratedFiles,
  versionPrefix,
} from '../building/building.ts';
import { checkName, type KeptCheck } from '../building/kept-check.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { AgentCreator } from './agent-creator.ts';
import {
  AGENT_MODULE,
  APPROVAL,
  type Approval,
  BuildResultFile,
  digestOf,
  GENERATED_FILES,
  type GeneratedFileName,
  MAX_GENERATED_BYTES,
  parseJson,
  readApproval,
  textOf,
} from './builds.ts';
import { PermanentFailure, RunSuperseded } from './failures.ts';
import type { Objects } from './objects.ts';
import {
  PROVISIONING,
  provisioningTask,
  settled,
  type TaskDeps,
  type TaskHandler,
  type Work,
  waiting,
} from './provisioning-task.ts';
import { buildId, MAX_BUILD_ATTEMPTS, resourceTags } from './resource-names.ts';
import { CheckCodeInput, type TaskOutput } from './task-contract.ts';

export const CheckCodeEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  CODE_BUCKET: text,
  ENVIRONMENT: text,
  AGENT_CREATOR_RUNTIME_ARN: text,
});

export interface CheckCodeDeps extends TaskDeps {
  readonly code: Objects;
  readonly checkCode: CodeChecker;
  readonly creator: Pick<AgentCreator, 'stopBuild'>;
  readonly settings: Pick<z.output<typeof CheckCodeEnv>, 'ENVIRONMENT'>;
}

type Input = z.output<typeof CheckCodeInput>;
type Output = TaskOutput<'CheckCode'>;

/**
 * The gate. Looks whether the attempt is over and lets the code checker judge it; only code without an error is copied
 * to the version's prefix. An attempt that was judged has its session ended, which would otherwise idle and cost.
 * Throws `CodeRejected` or `AgentCreatorFailed` when the last attempt was in vain.
 */
export const checkCode = (deps: CheckCodeDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'CheckCode', input: CheckCodeInput, polls: true, ...PROVISIONING }, deps, async (work) => {
    const { input } = work;
    const former = await readApproval(deps.code, input);
    if (former !== undefined) return approved(deps, work, former.buildId);
    const build = await readBuild(deps.code, input);
    if (build === undefined && !input.lastPoll) {
      return waiting<Output>({ status: 'pending', findings: [] }, 'The AgentCreator is at work.');
    }
    const judged = await judge(deps.checkCode, build ?? { kind: 'failed', findings: [SILENT] });
    await work.hold();
    await keepCheck(deps, work, judged);
    if (judged.kind === 'failed') {
      await deps.creator.stopBuild(buildId(input));
      return rejected(input, judged.findings, build === undefined);
    }
    await publish(deps, work, judged);
    return approved(deps, work, buildId(input));
  });

type Build =
  | { readonly kind: 'failed'; readonly findings: readonly Finding[] }
  | { readonly kind: 'files'; readonly files: Readonly<Record<GeneratedFileName, string>> };

const SILENT: Finding = { rule: 'missing', message: 'The AgentCreator produced nothing in the time it has.' };

/** What the attempt wrote; undefined while it is at work. */
const readBuild = async (code: Objects, input: Input): Promise<Build | undefined> => {
  const prefix = attemptPrefix(input);
  const sizes = new Map((await code.list(prefix)).map(({ key, sizeBytes }) => [key.slice(prefix.length), sizeBytes]));
  if (!sizes.has('result.json')) return undefined;
  const findings = findingsOfSizes(sizes);
  if (findings.length > 0) return { kind: 'failed', findings };
  const result = BuildResultFile.safeParse(parseJson(await code.read(`${prefix}result.json`)));
  if (!result.success || result.data.buildId !== buildId(input)) {
    return failedBuild('missing', 'result.json does not say what was built.', 'result.json');
  }
  if (result.data.status === 'failed') return failedBuild('missing', result.data.error ?? 'The AgentCreator gave up.');
  return readFiles(code, prefix, result.data.digests);
};

const failedBuild = (rule: string, message: string, file?: string): Build => ({
  kind: 'failed',
  findings: [{ rule, message, ...(file === undefined ? {} : { file }) }],
});

const findingsOfSizes = (sizes: ReadonlyMap<string, number>): Finding[] =>
  [...GENERATED_FILES, 'result.json'].flatMap((file): Finding[] => {
    const size = sizes.get(file);
    if (size !== undefined && size > MAX_GENERATED_BYTES) {
      return [{ rule: 'size', file, message: `${file} has ${size} bytes; ${MAX_GENERATED_BYTES} are allowed.` }];
    }
    return [];
  });

const readFiles = async (code: Objects, prefix: string, digests: Readonly<Record<string, string>>): Promise<Build> => {
  const files: Partial<Record<GeneratedFileName, string>> = {};
  for (const name of GENERATED_FILES) {
    const bytes = await code.read(`${prefix}${name}`);
    if (bytes === undefined) return failedBuild('missing', `${name} was not written.`, name);
    if (digests[name] !== digestOf(bytes)) {
      return failedBuild('missing', `${name} is not the file that result.json names: its digest differs.`, name);
    }
    files[name] = textOf(bytes);
  }
  return { kind: 'files', files: files as Record<GeneratedFileName, string> };
};

interface ApprovedFiles {
  readonly kind: 'approved';
  /** Warnings: they reject nothing. */
  readonly findings: readonly Finding[];
  readonly files: Readonly<Record<GeneratedFileName | typeof AGENT_MODULE, string>>;
}

type Judgement = ApprovedFiles | Extract<Build, { kind: 'failed' }>;

const judge = async (checkCode: CodeChecker, build: Build): Promise<Judgement> => {
  if (build.kind === 'failed') return build;
  const checked = await checkCode(generatedFiles(build.files));
  if (checked.transpiled === undefined) {
    const findings = checked.findings.length > 0 ? checked.findings : [UNEXPLAINED];
    return { kind: 'failed', findings };
  }
  return {
    kind: 'approved',
    findings: checked.findings,
    files: { ...build.files, [AGENT_MODULE]: checked.transpiled },
  };
};

const UNEXPLAINED: Finding = { rule: 'missing', message: 'The code checker approved nothing.' };

const generatedFiles = (files: Readonly<Record<GeneratedFileName, string>>): GeneratedFiles => ({
  agentFile: files['agent_file.ts'],
  prompt: files['prompt.md'],
  specification: files['spec.json'],
});

/** Findings sent back: a state may carry 256 KB, and nobody mends more than this at once. */
const MAX_FINDINGS = 50;
const MAX_MESSAGE_CHARACTERS = 1000;

const cut = (findings: readonly Finding[]): Finding[] =>
  findings
    .slice(0, MAX_FINDINGS)
    .map((finding) => ({ ...finding, message: finding.message.slice(0, MAX_MESSAGE_CHARACTERS) }));

/** Beside the version's files, for whoever asks later what the code checker said; nothing of the workflow reads it. */
const keepCheck = async (deps: CheckCodeDeps, { input, agent }: Work<Input>, judged: Judgement): Promise<void> => {
  const check: KeptCheck = {
    run: input.run,
    attempt: input.attempt,
    verdict: judged.kind === 'approved' ? 'approved' : 'rejected',
    checkedAtMs: deps.clock.now(),
    findings: cut(judged.findings),
  };
  const tags = resourceTags(agent, deps.settings.ENVIRONMENT, 'generated-code');
  const key = `${versionPrefix(input)}${checkName(input)}`;
  await deps.code.write(key, JSON.stringify(check), { contentType: 'application/json', tags });
};

const rejected = (input: Input, all: readonly Finding[], silent: boolean) => {
  const findings = cut(all);
  if (input.attempt >= MAX_BUILD_ATTEMPTS) throw givenUp(findings, silent);
  return settled<Output>(
    { status: 'rejected', findings },
    `Attempt ${input.attempt} was rejected: ${summaryOf(findings)}`,
  );
};

const givenUp = (findings: readonly Finding[], silent: boolean): PermanentFailure =>
  silent
    ? new PermanentFailure(
        'AgentCreatorFailed',
        `The AgentCreator produced no agent in ${MAX_BUILD_ATTEMPTS} attempts. Retry; if that fails, make the SOP shorter.`,
      )
    : new PermanentFailure(
        'CodeRejected',
        `The generated code was rejected ${MAX_BUILD_ATTEMPTS} times, at last for: ${summaryOf(findings)} Retry, or put the SOP more plainly.`,
      );

const summaryOf = ([first, ...others]: readonly Finding[]): string => {
  const message = first?.message.slice(0, 300) ?? 'no reason given.';
  return others.length === 0 ? message : `${message} (and ${others.length} more findings)`;
};

/** Copies the files, the approval last: a crash in between leaves nothing that counts as approved. */
const publish = async (deps: CheckCodeDeps, { input, agent }: Work<Input>, { files }: ApprovedFiles): Promise<void> => {
  const prefix = versionPrefix(input);
  const tags = resourceTags(agent, deps.settings.ENVIRONMENT, 'generated-code');
  const entries = Object.entries(files);
  await Promise.all(
    entries.map(([name, body]) =>
      deps.code.write(`${prefix}${name}`, body, { contentType: contentTypeOf(name), tags }),
    ),
  );
  const digests = Object.fromEntries(entries.map(([name, body]) => [name, digestOf(body)]));
  const approval: Approval = { buildId: buildId(input), attempt: input.attempt, digests };
  await deps.code.write(`${prefix}${APPROVAL}`, JSON.stringify(approval), { contentType: 'application/json', tags });
};

const contentTypeOf = (name: string): string => {
  if (name.endsWith('.json')) return 'application/json';
  return name.endsWith('.md') ? 'text/markdown; charset=utf-8' : 'text/plain; charset=utf-8';
};

const approved = async (deps: CheckCodeDeps, { input }: Work<Input>, build: string) => {
  const options = { now: nowSeconds(deps.clock), guard: { run: input.run } };
  const [{ written }] = await Promise.all([
    deps.agents.update(input, pathsOf(deps.code.bucket, input), options),
    deps.creator.stopBuild(build),
  ]);
  if (!written) throw new RunSuperseded(`Run ${input.run} of agent ${input.agentId} is no longer wanted.`);
  return settled<Output>({ status: 'approved', findings: [] });
};

/** Where the approved files of a version are, as the API shows them. */
export const pathsOf = (bucket: string, version: { userId: string; agentId: string; version: number }) => {
  const at = (name: GeneratedFileName): string => `s3://${bucket}/${versionPrefix(version)}${name}`;
  return {
    generatedPromptS3Path: at('prompt.md'),
    agentCodeS3Path: at('agent_file.ts'),
    specificationS3Path: at('spec.json'),
  };
};
