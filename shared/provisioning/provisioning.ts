import type { AgentId, UserId } from '../kernel/ids.ts';
import type { ProblemCode } from '../kernel/problems.ts';

/**
 * The steps of `provision-agent.asl.json`, in the order a reader sees them; each is a Task state and a Lambda of that
 * name, but for `DeployChannels`: a Map, whose items have their own status in the channels table.
 */
export const PROVISIONING_STEPS = [
  'ProvisionKnowledgeBase',
  'CheckIngestion',
  'InvokeAgentCreator',
  'CheckCode',
  'DeployAgentCore',
  'CheckRuntime',
  'PlanChannels',
  'DeployChannels',
  'ActivateAgent',
] as const;
export type ProvisioningStep = (typeof PROVISIONING_STEPS)[number];

/** The tasks of one channel inside `DeployChannels`. */
export const CHANNEL_TASKS = ['DeployConnectChannel', 'DeploySocialChannel', 'RecordChannel'] as const;

export const RETIREMENT_STEPS = [
  'StopProvisioning',
  'RetireChannels',
  'RetireRuntime',
  'RetireKnowledge',
  'EraseAgent',
] as const;

export type StepStatus = 'running' | 'succeeded' | 'failed';

/** One line of progress. Times are Unix milliseconds. */
export interface StepProgress {
  readonly step: string;
  readonly status: StepStatus;
  /** From 1; grows when the state machine retries, polls again do not count. */
  readonly attempt: number;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** One sentence for a person: what is being waited for, or what went wrong. */
  readonly detail?: string;
  /** Of a failed step: its code in the problem registry. */
  readonly code?: ProblemCode;
  /** While a function is at work in this step: until when, at the latest (Unix milliseconds). Retirement waits for it. */
  readonly busyUntilMs?: number;
}

export type RunStatus = 'awaiting-uploads' | 'running' | 'succeeded' | 'failed';

/** The run an agent row knows of: the newest. Kept on the row so that one read shows it. */
export interface Provisioning {
  /** From 1, grows with every run of the agent (create, update, retry): part of the execution's name. */
  readonly run: number;
  readonly version: number;
  readonly status: RunStatus;
  readonly executionArn?: string;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** A map by step, so that parallel branches write without touching one another; the API shows an ordered array. */
  readonly steps: Readonly<Record<string, StepProgress>>;
}

/** The whole input of `provision-agent.asl.json` and of `retire-agent.asl.json`: everything else is read from the tables. */
export interface RunInput {
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly version: number;
  readonly run: number;
  /**
   * Where the run before stopped: steps find what is stored already and skip it. `DeployChannels` is a run for changed
   * channels alone, which leaves code and runtime as they are. Absent for a fresh run.
   */
  readonly resumeFrom?: ProvisioningStep;
}

/** Execution names are unique for 90 days (Step Functions), so starting the same run twice starts it once. */
export const executionName = (input: Pick<RunInput, 'agentId' | 'version' | 'run'>): string =>
  `${input.agentId}-v${input.version}-r${input.run}`;
