import * as z from 'zod';
import type { Agent, StatusReason } from '../agents/agent.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { PROBLEMS } from '../kernel/problems.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { AgentCreator } from './agent-creator.ts';
import { codeOfError } from './failures.ts';
import { PROVISIONING_STEPS, type StepProgress } from './provisioning.ts';
import type { TaskContext, TaskDeps } from './provisioning-task.ts';
import { settleRun } from './settle-run.ts';
import { stopBuilds } from './stop-builds.ts';
import { type CaughtError, ExecutionEnded, RecordProgressInput, TaskInput } from './task-contract.ts';

export const RecordProgressEnv = z.object({ ...FEED_ENV, AGENTS_TABLE: text, AGENT_CREATOR_RUNTIME_ARN: text });

export interface RecordProgressDeps extends TaskDeps {
  readonly creator: Pick<AgentCreator, 'stopBuild'>;
}

/**
 * Marks a run as failed, with its failed step and a reason a person can act on. Called by the state machine with the
 * error it caught, and by EventBridge for executions that ended without a word (timed out, aborted): those are
 * settled at once and their builds stopped, for nobody will compensate them.
 */
export const recordProgress =
  (deps: RecordProgressDeps) =>
  async (event: unknown, _context?: TaskContext): Promise<Record<string, never>> => {
    const ended = ExecutionEnded.safeParse(event);
    if (!ended.success) return recordFailure(deps, RecordProgressInput.parse(event));
    const { status, input, error, cause } = ended.data.detail;
    const run = TaskInput.parse(JSON.parse(input));
    const caught = { Error: status === 'FAILED' ? (error ?? status) : status, Cause: cause ?? '' };
    await recordFailure(deps, { ...run, error: caught });
    await settleRun(deps, run);
    await stopBuilds(deps.creator, run);
    return {};
  };

/** Marks the run as failed. Nothing happens when it is not the agent's newest, or has ended. */
export const recordFailure = async (deps: TaskDeps, input: RecordProgressInput): Promise<Record<string, never>> => {
  const agent = await deps.agents.find(input);
  if (agent?.provisioning.run !== input.run || agent.provisioning.status !== 'running') return {};
  const nowMs = deps.clock.now();
  const now = nowSeconds(deps.clock);
  const failed = failedLine(agent, input.error, nowMs);
  if (failed !== undefined) await deps.agents.recordStep(input, input.run, failed, { now });
  const provisioning = { status: 'failed', endedAtMs: nowMs } as const;
  const change = { provisioning, statusReason: reasonOf(failed, input.error) };
  await deps.agents.update(input, change, { now, guard: { run: input.run } });
  return {};
};

/** The line of the step that failed: the one that says so, else the one at work when the error came. */
const failedLine = (
  { provisioning: { steps } }: Agent,
  error: CaughtError,
  nowMs: number,
): StepProgress | undefined => {
  const lines = PROVISIONING_STEPS.flatMap((step) => steps[step] ?? []);
  const failed = lines.find(({ status }) => status === 'failed');
  if (failed !== undefined) return failed;
  const running = lines.filter(({ status }) => status === 'running');
  const named = running.find(({ step }) => step === error.Cause);
  const line = named ?? running.find(({ busyUntilMs }) => busyUntilMs !== undefined) ?? running[0];
  if (line === undefined) return undefined;
  return { ...line, status: 'failed', endedAtMs: nowMs, code: codeOfError(error.Error), detail: sentenceOf(error) };
};

/** Why a run failed, in words its owner can act on. */
const reasonOf = (failed: StepProgress | undefined, error: CaughtError): StatusReason => ({
  code: failed?.code ?? codeOfError(error.Error),
  message: failed?.detail ?? sentenceOf(error),
  ...(failed === undefined ? {} : { step: failed.step }),
});

const sentenceOf = (error: CaughtError): string => {
  const title = PROBLEMS[codeOfError(error.Error)].title;
  const message = messageOf(error.Cause);
  return `${title} (${error.Error}${message === '' ? '' : `: ${message}`}). Retry; if it fails again, tell the operator.`;
};

/** Lambda's cause is a JSON document about the error; of that, only the message is for people. */
export const messageOf = (cause: string): string => {
  const LambdaError = z.object({ errorMessage: z.string() });
  try {
    return LambdaError.parse(JSON.parse(cause)).errorMessage.slice(0, 500);
  } catch {
    return '';
  }
};
