import type * as client from '@aws-sdk/client-sfn';
import type { Handlers } from '../../core/schema-service.ts';
import { AwsError, type CloudContext, type Need } from '../../core/service.ts';
import type { Executions } from './executions.ts';
import { historyEvent } from './history-event.ts';
import { MAX_PAYLOAD_BYTES } from './interpreter/limits.ts';
import type { ExecutionRecord, MachineRecord, StatesStore } from './records.ts';

interface Parts {
  readonly context: Pick<CloudContext, 'region'>;
  readonly store: StatesStore;
  readonly executions: Executions;
  readonly newName: () => string;
}

/** 1 to 80 characters without white space, brackets, wildcards, special or control characters (API reference, StartExecution). */
const INVALID_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;
const DEFAULT_PAGE = 100;

export const statesOperations = ({ context, store, executions, newName }: Parts): Handlers<typeof client> => ({
  StartExecution: ({ stateMachineArn = '', name = newName(), input = '{}' }) => {
    const machine = requireMachine(store, stateMachineArn);
    requireName(name);
    requireInput(input);
    const started = startOnce({ store, executions }, machine, name, input);
    return { executionArn: started.arn, startDate: new Date(started.startedAtMs) };
  },
  DescribeExecution: ({ executionArn = '' }) => describeExecution(requireExecution(store, executionArn)),
  StopExecution: ({ executionArn = '', error, cause }) => {
    const stopped = executions.stop(requireExecution(store, executionArn), error, cause);
    return { stopDate: new Date(stopped.stoppedAtMs ?? stopped.startedAtMs) };
  },
  ListExecutions: ({ stateMachineArn = '', statusFilter, maxResults, nextToken }) => {
    requireMachine(store, stateMachineArn);
    const all = store.executionsOf(stateMachineArn).filter(({ status }) => !statusFilter || status === statusFilter);
    const { page, next } = pageOf(all, maxResults, nextToken);
    return { executions: page.map(executionListItem), ...next };
  },
  GetExecutionHistory: ({ executionArn = '', maxResults, nextToken, reverseOrder }) => {
    requireExecution(store, executionArn);
    const events = store.history(executionArn).map((entry, index) => historyEvent(entry, index + 1, context.region));
    const { page, next } = pageOf(reverseOrder ? events.reverse() : events, maxResults, nextToken);
    return { events: page, ...next };
  },
  DescribeStateMachine: ({ stateMachineArn = '' }) => {
    const machine = requireMachine(store, stateMachineArn);
    const { definition, roleArn } = machine;
    return { ...machineListItem(machine), definition, roleArn, status: 'ACTIVE' };
  },
  ListStateMachines: ({ maxResults, nextToken }) => {
    const { page, next } = pageOf(store.machines(), maxResults, nextToken);
    return { stateMachines: page.map(machineListItem), ...next };
  },
});

/** Permissions of a Step Functions request: its action on the machine or the execution it names. */
export const statesNeeds = (
  operation: string,
  input: { readonly stateMachineArn?: string; readonly executionArn?: string },
): readonly Need[] => [{ action: `states:${operation}`, resource: input.stateMachineArn ?? input.executionArn ?? '*' }];

/**
 * A repeated start with the same name and input gives the running execution; with another input, or once the first has
 * ended, the name is taken (API reference, StartExecution: "idempotent for STANDARD workflows").
 */
const startOnce = (
  { store, executions }: Pick<Parts, 'store' | 'executions'>,
  machine: MachineRecord,
  name: string,
  input: string,
): ExecutionRecord => {
  const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
  const known = store.execution(arn);
  if (!known) return executions.start(machine, name, input);
  if (known.status === 'RUNNING' && known.input === input) return known;
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
};

const requireMachine = (store: StatesStore, arn: string): MachineRecord => {
  requireArn(arn, ':stateMachine:');
  const machine = store.machine(arn);
  if (machine) return machine;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
};

const requireExecution = (store: StatesStore, arn: string): ExecutionRecord => {
  requireArn(arn, ':execution:');
  const execution = store.execution(arn);
  if (execution) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
};

const requireArn = (arn: string, kind: string): void => {
  if (arn.startsWith('arn:aws:states:') && arn.includes(kind)) return;
  throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
};

const requireName = (name: string): void => {
  if (name.length > 0 && name.length <= 80 && !INVALID_NAME.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
};

const requireInput = (input: string): void => {
  if (Buffer.byteLength(input) > MAX_PAYLOAD_BYTES) {
    throw new AwsError('InvalidExecutionInput', `Input exceeds ${MAX_PAYLOAD_BYTES} bytes`);
  }
  try {
    JSON.parse(input);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
  }
};

const describeExecution = (execution: ExecutionRecord) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machineArn,
  name: execution.name,
  status: execution.status,
  startDate: new Date(execution.startedAtMs),
  stopDate: execution.stoppedAtMs === undefined ? undefined : new Date(execution.stoppedAtMs),
  input: execution.input,
  inputDetails: { included: true },
  output: execution.output,
  outputDetails: execution.output === undefined ? undefined : { included: true },
  error: execution.error,
  cause: execution.cause,
  redriveCount: 0,
});

const executionListItem = (execution: ExecutionRecord) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machineArn,
  name: execution.name,
  status: execution.status,
  startDate: new Date(execution.startedAtMs),
  stopDate: execution.stoppedAtMs === undefined ? undefined : new Date(execution.stoppedAtMs),
  redriveCount: 0,
});

const machineListItem = ({ arn, name, createdAtMs }: MachineRecord) => ({
  stateMachineArn: arn,
  name,
  type: 'STANDARD' as const,
  creationDate: new Date(createdAtMs),
});

const pageOf = <T>(all: readonly T[], maxResults: number | undefined, nextToken: string | undefined) => {
  const start = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`);
  const end = start + (maxResults || DEFAULT_PAGE);
  return { page: all.slice(start, end), next: end < all.length ? { nextToken: String(end) } : {} };
};
