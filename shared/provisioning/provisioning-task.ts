import type * as z from 'zod';
import { AGENT_STATUSES, type Agent, type AgentStatus } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { NotSettled, PermanentFailure, RunSuperseded } from './failures.ts';
import type { RunStatus, StepProgress } from './provisioning.ts';
import type { TaskInput } from './task-contract.ts';

/** What a task needs of Lambda's context object. */
export interface TaskContext {
  readonly getRemainingTimeInMillis: () => number;
}

/** A workflow function as Lambda calls it. */
export type TaskHandler<Output> = (event: unknown, context: TaskContext) => Promise<Output>;

export interface TaskDeps {
  readonly agents: AgentStore;
  readonly clock: Clock;
}

interface TaskRules<Input> {
  readonly step: string;
  readonly input: z.ZodType<Input>;
  /** Statuses of the agent, and of its run, in which this task may act. */
  readonly during: readonly AgentStatus[];
  readonly runStatus?: RunStatus;
  /** Looks more often than it acts: a look costs no write, and the body calls `hold` before it acts. */
  readonly polls?: boolean;
}

/** What the body of a task is given. */
export interface Work<Input> {
  readonly input: Input;
  /** The row as it was when the task began. */
  readonly agent: Agent;
  /**
   * Announces an effect: until it is over, retirement and compensation wait. Called for every task that does not poll.
   * @throws RunSuperseded when the row no longer wants this run
   */
  readonly hold: () => Promise<void>;
}

/** What the body of a task found: `settled` ends the step, `recorded` means the body wrote that end itself. */
export interface TaskResult<Output> {
  readonly output: Output;
  readonly progress: 'waiting' | 'settled' | 'recorded';
  readonly detail?: string;
}

export const settled = <Output>(output: Output, detail?: string): TaskResult<Output> => ({
  output,
  progress: 'settled',
  ...(detail === undefined ? {} : { detail }),
});

export const waiting = <Output>(output: Output, detail: string): TaskResult<Output> => ({
  output,
  progress: 'waiting',
  detail,
});

/** The rules of every step of provisioning: it acts for the newest run only, while that runs and nobody deletes the agent. */
export const PROVISIONING = { during: ['creating', 'updating'], runStatus: 'running' } as const;

/** The rule of every step of retirement. */
export const RETIREMENT = { during: ['deleting'] } as const;

/**
 * Makes a workflow function of a body: validates the input, refuses to act for a run that is no longer wanted
 * (`RunSuperseded`), and writes start, attempt, end and detail of the step on the agent's row.
 */
export const provisioningTask = <Input extends TaskInput, Output>(
  rules: TaskRules<Input>,
  deps: TaskDeps,
  body: (work: Work<Input>) => Promise<TaskResult<Output>>,
): TaskHandler<Output> => {
  return async (event, context) => {
    const input = parse(rules, event);
    const journal = stepJournal(rules, deps, input, () => deps.clock.now() + context.getRemainingTimeInMillis());
    const agent = await journal.begin();
    try {
      const result = await body({ input, agent, hold: journal.hold });
      if (result.progress !== 'recorded') await journal.end(result);
      return result.output;
    } catch (error) {
      await journal.fail(error);
      throw error;
    }
  };
};

const parse = <Input>({ step, input }: TaskRules<Input>, event: unknown): Input => {
  const parsed = input.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new PermanentFailure('ProvisioningFailed', `${step} was given an input it cannot read.`, parsed.error);
};

/** Writes the line of one step during one invocation. */
const stepJournal = <Input extends TaskInput>(
  rules: TaskRules<Input>,
  { agents, clock }: TaskDeps,
  input: Input,
  busyUntilMs: () => number,
) => {
  let line: StepProgress | undefined;
  const options = () => ({
    now: nowSeconds(clock),
    during: rules.during,
    ...(rules.runStatus === undefined ? {} : { runStatus: rules.runStatus }),
  });
  /** An end is welcome even when the run is no longer wanted: it says that nothing is at work any more. */
  const lastWord = () => ({ now: nowSeconds(clock), during: ANY_STATUS });
  const write = async (next: StepProgress) => {
    const { written } = await agents.recordStep(input, input.run, next, options());
    if (!written) throw new RunSuperseded(`Run ${input.run} of agent ${input.agentId} is no longer wanted.`);
    line = next;
  };
  return {
    begin: async (): Promise<Agent> => {
      const agent = requireWanted(await agents.find(input), input, rules);
      const former = agent.provisioning.steps[rules.step];
      if (rules.polls && former?.status === 'running' && input.retry === 0) line = former;
      else
        await write(startedStep(rules.step, former, input.retry, clock.now(), rules.polls ? undefined : busyUntilMs()));
      return agent;
    },
    hold: () => (line === undefined ? Promise.resolve() : write({ ...line, busyUntilMs: busyUntilMs() })),
    end: async (result: TaskResult<unknown>): Promise<void> => {
      const next = line && endedStep(line, result, clock.now());
      if (next === undefined) return;
      await agents.recordStep(input, input.run, next, lastWord());
    },
    /** Best effort: the failure itself matters more than its note. */
    fail: async (error: unknown): Promise<void> => {
      if (line === undefined) return;
      const next = failedStep(line, error, clock.now());
      await agents.recordStep(input, input.run, next, lastWord()).catch(() => undefined);
    },
  };
};

const ANY_STATUS: readonly AgentStatus[] = AGENT_STATUSES;

/** Throws `RunSuperseded` unless the row still wants this run. */
export const requireWanted = (
  agent: Agent | undefined,
  { run, agentId }: Pick<TaskInput, 'run' | 'agentId'>,
  { during, runStatus }: Pick<TaskRules<unknown>, 'during' | 'runStatus'>,
): Agent => {
  const wanted =
    agent?.provisioning.run === run &&
    during.includes(agent.status) &&
    (runStatus === undefined || agent.provisioning.status === runStatus);
  if (!wanted) throw new RunSuperseded(`Run ${run} of agent ${agentId} is no longer wanted.`);
  return agent;
};

/** The line of a step that begins: a poll goes on with the attempt under way, a retry or another visit is a new one. */
export const startedStep = (
  step: string,
  former: StepProgress | undefined,
  retry: number,
  nowMs: number,
  busyUntilMs?: number,
): StepProgress => {
  const again = former?.status === 'running' && retry === 0;
  return {
    step,
    status: 'running',
    attempt: (former?.attempt ?? 0) + (again ? 0 : 1),
    startedAtMs: again ? former.startedAtMs : nowMs,
    ...(again && former.detail !== undefined ? { detail: former.detail } : {}),
    ...(busyUntilMs === undefined ? {} : { busyUntilMs }),
  };
};

/** The line after an invocation; undefined when it would say nothing new. */
export const endedStep = (
  line: StepProgress,
  { progress, detail }: Pick<TaskResult<unknown>, 'progress' | 'detail'>,
  nowMs: number,
): StepProgress | undefined => {
  const { busyUntilMs, detail: former, ...rest } = line;
  const told = detail === undefined ? {} : { detail };
  if (progress === 'settled') return { ...rest, status: 'succeeded', endedAtMs: nowMs, ...told };
  return busyUntilMs === undefined && detail === former ? undefined : { ...rest, ...told };
};

const failedStep = (
  { busyUntilMs: _busyUntilMs, ...line }: StepProgress,
  error: unknown,
  nowMs: number,
): StepProgress => {
  if (error instanceof PermanentFailure) {
    return { ...line, status: 'failed', endedAtMs: nowMs, detail: error.message, code: error.code };
  }
  if (error instanceof RunSuperseded) return line;
  if (error instanceof NotSettled) return { ...line, detail: error.message };
  const name = error instanceof Error ? error.name : 'an unknown error';
  return { ...line, detail: `Interrupted by ${name}; it is tried again.` };
};
