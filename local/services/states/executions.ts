import { randomUUID } from 'node:crypto';
import { AwsError, type CloudContext, type Json, type JsonObject, type LambdaService } from '../../core/service.ts';
import { StatesError } from './interpreter/errors.ts';
import {
  type ExecutionEnd,
  functionOf,
  Interruption,
  type InvokeLambda,
  lambdaTask,
  parseDefinition,
  runExecution,
  type TaskRequest,
} from './interpreter/index.ts';
import { digestOf, type ExecutionRecord, type MachineRecord, type StatesStore } from './records.ts';

export interface StatesDependencies {
  /** What Tasks invoke. */
  readonly lambda: Pick<LambdaService, 'invoke'>;
  /** A number in [0, 1) for the jitter of retries. */
  readonly random?: () => number;
}

/** The executions under way in this process. */
export interface Executions {
  readonly start: (machine: MachineRecord, name: string, input: string) => ExecutionRecord;
  /** Ends a running execution as `StopExecution` does; one that has ended stays as it is. */
  readonly stop: (execution: ExecutionRecord, error: string | undefined, cause: string | undefined) => ExecutionRecord;
  /** Takes up what an earlier process left running, and publishes what it left unpublished. */
  readonly resume: () => void;
  /** Lets go of every execution without ending it. */
  readonly suspend: () => Promise<void>;
}

interface Under {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export const makeExecutions = (
  context: Pick<CloudContext, 'clock' | 'putEvent' | 'authorizeRole' | 'log'>,
  store: StatesStore,
  { lambda, random = Math.random }: StatesDependencies,
): Executions => {
  const underWay = new Map<string, Under>();

  const publish = (execution: ExecutionRecord): void => {
    context.putEvent({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      detail: statusChange(execution),
    });
    store.published(execution.arn);
  };

  const finish = (execution: ExecutionRecord, end: Exclude<ExecutionEnd, { status: 'SUSPENDED' }>): ExecutionRecord => {
    const ended = endedRecord(execution, end, context.clock.now());
    appendEnd(store, ended);
    store.putExecution(ended);
    store.dropJournal(execution.arn);
    underWay.delete(execution.arn);
    publish(ended);
    return ended;
  };

  const run = async (execution: ExecutionRecord, machineName: string, signal: AbortSignal): Promise<void> => {
    const end = await runExecution(
      {
        task: taskAs(context, execution.roleArn, lambda),
        clock: context.clock,
        journal: store.journalOf(execution.arn),
        random,
        newId: randomUUID,
        record: (entry) => store.appendHistory(execution.arn, entry),
      },
      {
        definition: parseDefinition(store.definition(execution.definitionDigest)),
        input: JSON.parse(execution.input) as Json,
        execution: execution,
        stateMachine: { arn: execution.machineArn, name: machineName },
        signal,
      },
    );
    // A stopped execution was ended by `stop`; a suspended one goes on in the next process.
    if (signal.aborted || end.status === 'SUSPENDED') return;
    finish(execution, end);
  };

  const launch = (execution: ExecutionRecord): void => {
    const stop = new AbortController();
    const machineName = execution.machineArn.slice(execution.machineArn.lastIndexOf(':') + 1);
    const ended = run(execution, machineName, stop.signal).catch((error: unknown) => {
      context.log(
        `execution ${execution.name} could not go on: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
    underWay.set(execution.arn, { stop, ended });
  };

  return {
    start: (machine, name, input) => {
      const execution = newExecution(machine, name, input, context.clock.now());
      const details = { input, roleArn: machine.roleArn };
      const timestampMs = execution.startedAtMs;
      store.appendHistory(execution.arn, { type: 'ExecutionStarted', timestampMs, previousEventId: 0, details });
      store.putExecution(execution);
      publish(execution);
      launch(execution);
      return execution;
    },
    stop: (execution, error, cause) => {
      if (execution.status !== 'RUNNING') return execution;
      underWay.get(execution.arn)?.stop.abort(new Interruption('ABORTED', error, cause));
      return finish(execution, {
        status: 'ABORTED',
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      });
    },
    resume: () => {
      for (const execution of store.unpublished()) publish(execution);
      for (const execution of store.running()) if (!underWay.has(execution.arn)) launch(execution);
    },
    suspend: async () => {
      const all = [...underWay.values()];
      for (const { stop } of all) stop.abort(new Interruption('SUSPENDED'));
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
};

const newExecution = (machine: MachineRecord, name: string, input: string, nowMs: number): ExecutionRecord => ({
  arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`,
  name,
  machineArn: machine.arn,
  roleArn: machine.roleArn,
  definitionDigest: digestOf(machine.definition),
  status: 'RUNNING',
  startedAtMs: nowMs,
  input,
});

const endedRecord = (
  execution: ExecutionRecord,
  end: Exclude<ExecutionEnd, { status: 'SUSPENDED' }>,
  nowMs: number,
): ExecutionRecord => {
  const ended = { ...execution, status: end.status, stoppedAtMs: nowMs };
  if (end.status === 'SUCCEEDED') return { ...ended, output: JSON.stringify(end.output) };
  return {
    ...ended,
    ...(end.error !== undefined && { error: end.error }),
    ...(end.cause !== undefined && { cause: end.cause }),
  };
};

const END_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
  RUNNING: 'ExecutionStarted',
} as const;

const appendEnd = (store: StatesStore, execution: ExecutionRecord): void => {
  const { status, output, error, cause, stoppedAtMs } = execution;
  store.appendHistory(execution.arn, {
    type: END_EVENTS[status],
    timestampMs: stoppedAtMs ?? execution.startedAtMs,
    previousEventId: 0,
    details: {
      ...(output !== undefined && { output }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    },
  });
};

/** Detail of the event, as in "Events sent by Step Functions" of the EventBridge reference. */
const statusChange = (execution: ExecutionRecord): JsonObject => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machineArn,
  name: execution.name,
  status: execution.status,
  startDate: execution.startedAtMs,
  stopDate: execution.stoppedAtMs ?? null,
  input: execution.input,
  output: execution.output ?? null,
  inputDetails: { included: true },
  outputDetails: execution.output === undefined ? null : { included: true },
  error: execution.error ?? null,
  cause: execution.cause ?? null,
});

/** Carries out Tasks with the state machine's role. */
const taskAs = (
  { authorizeRole }: Pick<CloudContext, 'authorizeRole'>,
  roleArn: string,
  lambda: Pick<LambdaService, 'invoke'>,
): ((request: TaskRequest) => Promise<Json>) => {
  const invoke: InvokeLambda = async ({ functionArn, payload }) => {
    const result = await lambda.invoke(functionArn, JSON.stringify(payload));
    return {
      payload: jsonOf(result.payload),
      ...(result.functionError && { functionError: result.functionError }),
    };
  };
  const perform = lambdaTask(invoke);
  return async (request) => {
    await requirePermission(authorizeRole, roleArn, functionOf(request));
    return perform(request);
  };
};

const requirePermission = async (
  authorizeRole: CloudContext['authorizeRole'],
  roleArn: string,
  functionArn: string,
): Promise<void> => {
  try {
    await authorizeRole(roleArn, [{ action: 'lambda:InvokeFunction', resource: functionArn }]);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // The name Step Functions gives a refused invocation.
    throw new StatesError('Lambda.AWSLambdaException', error.message);
  }
};

/** A function that returns nothing answers with an empty payload, which Step Functions takes as null. */
const jsonOf = (payload: string): Json => (payload === '' ? null : (JSON.parse(payload) as Json));
