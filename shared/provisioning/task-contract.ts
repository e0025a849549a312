import * as z from 'zod';
import { CHANNEL_TYPES } from '../channels/channel.ts';
import { AgentId, UserId } from '../kernel/ids.ts';
import { PROVISIONING_STEPS } from './provisioning.ts';
import { MAX_BUILD_ATTEMPTS } from './resource-names.ts';

/** What every task gets: the run, and how often the state machine has retried this visit of the state. */
export const TaskInput = z.object({
  userId: UserId,
  agentId: AgentId,
  version: z.int().positive(),
  run: z.int().positive(),
  resumeFrom: z.enum(PROVISIONING_STEPS).optional(),
  retry: z.int().nonnegative().default(0),
});
export type TaskInput = z.output<typeof TaskInput>;

const FindingSchema = z.object({
  rule: z.string(),
  message: z.string(),
  file: z.string().exactOptional(),
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
  severity: z.enum(['error', 'warning']).exactOptional(),
});

/** What the deployer knows of the runtime; passed on to the check and the activation. */
const DeployedRuntime = z.object({ agentRuntimeId: z.string().min(1), agentRuntimeVersion: z.string().min(1) });
export type DeployedRuntime = z.output<typeof DeployedRuntime>;

export const InvokeAgentCreatorInput = TaskInput.extend({
  attempt: z.int().min(1).max(MAX_BUILD_ATTEMPTS),
  findings: z.array(FindingSchema),
});
export type InvokeAgentCreatorInput = z.output<typeof InvokeAgentCreatorInput>;

export const CheckCodeInput = TaskInput.extend({
  attempt: z.int().min(1).max(MAX_BUILD_ATTEMPTS),
  /** The state machine waits no longer for this attempt: nothing there now counts as a rejection. */
  lastPoll: z.boolean().default(false),
});

export const RuntimeInput = TaskInput.extend({ runtime: DeployedRuntime });

/** A caught error, in the words of Step Functions. */
export const CaughtError = z.object({ Error: z.string(), Cause: z.string().default('') });
export type CaughtError = z.output<typeof CaughtError>;

export const RecordProgressInput = TaskInput.extend({ error: CaughtError });
export type RecordProgressInput = z.output<typeof RecordProgressInput>;

/** The error is there to be recorded in case RecordProgress could not. */
export const CompensateInput = TaskInput.extend({ error: CaughtError });

/** One channel of the Map `DeployChannels`. */
export const ChannelInput = TaskInput.extend({ channelType: z.enum(CHANNEL_TYPES) });
export type ChannelInput = z.output<typeof ChannelInput>;

/** What became of a channel that its function could not settle by itself. */
export const RecordChannelInput = ChannelInput.extend({ error: CaughtError });

const PlannedChannel = z.object({
  channelType: z.enum(CHANNEL_TYPES),
  kind: z.enum(['connect', 'social']),
  action: z.enum(['deploy', 'retire']),
});
export type PlannedChannel = z.output<typeof PlannedChannel>;

const ChannelDeployed = z.object({ status: z.enum(['pending', 'active', 'failed', 'retired']) });

/** EventBridge's `Step Functions Execution Status Change` of an execution that failed, timed out or was aborted. */
export const ExecutionEnded = z.object({
  detail: z.object({
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    input: z.string(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});
export type ExecutionEnded = z.output<typeof ExecutionEnded>;

/** Outputs, by state. `pending` sends the state machine into its Wait. */
export const TASK_OUTPUTS = {
  ProvisionKnowledgeBase: z.object({ status: z.enum(['pending', 'started']) }),
  CheckIngestion: z.object({ status: z.enum(['pending', 'ready']) }),
  InvokeAgentCreator: z.object({ buildId: z.string(), attempt: z.int() }),
  CheckCode: z.object({ status: z.enum(['approved', 'rejected', 'pending']), findings: z.array(FindingSchema) }),
  DeployAgentCore: DeployedRuntime,
  CheckRuntime: z.object({ status: z.enum(['pending', 'ready']) }),
  /** `runtime` is given where this run deploys none: that which serves. */
  PlanChannels: z.object({ channels: z.array(PlannedChannel), runtime: DeployedRuntime.exactOptional() }),
  DeployConnectChannel: ChannelDeployed,
  DeploySocialChannel: ChannelDeployed,
  RecordChannel: z.object({}),
  ActivateAgent: z.object({ status: z.literal('active') }),
  RecordProgress: z.object({}),
  Compensate: z.object({ status: z.enum(['pending', 'failed', 'active']) }),
  StopProvisioning: z.object({ status: z.enum(['pending', 'done']) }),
  RetireChannels: z.object({ status: z.enum(['pending', 'done']) }),
  RetireRuntime: z.object({ status: z.enum(['pending', 'done']) }),
  RetireKnowledge: z.object({ status: z.enum(['pending', 'done']) }),
  EraseAgent: z.object({ status: z.literal('done') }),
} as const;
export type TaskName = keyof typeof TASK_OUTPUTS;
export type TaskOutput<Name extends TaskName> = z.output<(typeof TASK_OUTPUTS)[Name]>;
