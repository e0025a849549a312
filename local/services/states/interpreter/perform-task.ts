import type { Json, JsonObject } from '../../../core/service.ts';
import type { TaskState } from './definition.ts';
import { asStatesError, isControlFlow, StatesError } from './errors.ts';
import { evaluate } from './expression.ts';
import { bindingsOf, type Frame, recorded, retryCountOf } from './frame.ts';
import type { Checkpoint } from './journal.ts';
import { requirePayload } from './limits.ts';
import { orAborted, sleepUntil } from './waiting.ts';

/** AWS's default for a Task without TimeoutSeconds is 99,999,999 s: no limit worth a timer. */
interface Deadline {
  readonly ms: number;
  readonly error: 'States.Timeout' | 'States.HeartbeatTimeout';
}

/**
 * One attempt of a Task state.
 * @throws StatesError `States.Timeout`, `States.HeartbeatTimeout`, `States.DataLimitExceeded`, or what the task failed with
 */
export const performTask = async (frame: Frame, checkpoint: Checkpoint, state: TaskState): Promise<TaskEnd> => {
  const bindings = bindingsOf(frame, checkpoint);
  const args =
    state.Arguments === undefined ? checkpoint.input : await evaluate(state.Arguments, bindings, 'Arguments');
  requirePayload(args, `task's arguments`);
  const deadline = await deadlineOf(frame, checkpoint, state);
  const names = eventNames(state.Resource);
  const scheduled = recorded(frame, checkpoint, names.scheduled, {
    resource: state.Resource,
    parameters: JSON.stringify(args),
    retryCount: retryCountOf(checkpoint),
  });
  try {
    const result = await invoke(frame, scheduled, state, args, deadline);
    requirePayload(result, `state/task '${checkpoint.state}' result`);
    const checkpointAfter = recorded(frame, scheduled, names.succeeded, { output: JSON.stringify(result) });
    return { result, checkpoint: checkpointAfter };
  } catch (thrown) {
    if (!isControlFlow(thrown)) recordFailure(frame, scheduled, names, asStatesError(thrown));
    throw thrown;
  }
};

export interface TaskEnd {
  readonly result: Json;
  readonly checkpoint: Checkpoint;
}

const deadlineOf = async (frame: Frame, checkpoint: Checkpoint, state: TaskState): Promise<Deadline | undefined> => {
  const timeout = await secondsOf(frame, checkpoint, state.TimeoutSeconds, 'TimeoutSeconds');
  const heartbeat = await secondsOf(frame, checkpoint, state.HeartbeatSeconds, 'HeartbeatSeconds');
  if (heartbeat !== undefined && heartbeat < (timeout ?? Number.POSITIVE_INFINITY)) {
    return { ms: heartbeat * 1_000, error: 'States.HeartbeatTimeout' };
  }
  return timeout === undefined ? undefined : { ms: timeout * 1_000, error: 'States.Timeout' };
};

const secondsOf = async (
  frame: Frame,
  checkpoint: Checkpoint,
  template: Json | undefined,
  field: string,
): Promise<number | undefined> => {
  if (template === undefined) return undefined;
  const seconds = await evaluate(template, bindingsOf(frame, checkpoint), field);
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new StatesError('States.QueryEvaluationError', `The field '${field}' must be a positive integer.`);
};

const invoke = async (
  frame: Frame,
  checkpoint: Checkpoint,
  state: TaskState,
  args: Json,
  deadline: Deadline | undefined,
): Promise<Json> => {
  const over = new AbortController();
  const signal = AbortSignal.any([frame.signal, over.signal]);
  const work = frame.ports.task({
    resource: state.Resource,
    arguments: args,
    stateName: checkpoint.state,
    executionName: frame.request.execution.name,
    retryCount: retryCountOf(checkpoint),
    signal,
  });
  try {
    const answer = orAborted(work, signal);
    return deadline ? await Promise.race([answer, expiry(frame, deadline, over.signal)]) : await answer;
  } finally {
    over.abort(new StatesError('States.Timeout', ''));
  }
};

const expiry = (frame: Frame, deadline: Deadline, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    sleepUntil(frame.ports.clock, frame.ports.clock.now() + deadline.ms, signal).then(
      () => reject(new StatesError(deadline.error, '')),
      // The task answered first; the timer's own rejection means nothing.
      () => undefined,
    );
  });

interface EventNames {
  readonly scheduled: string;
  readonly succeeded: string;
  readonly failed: string;
  readonly timedOut: string;
}

const eventNames = (resource: string): EventNames => {
  const subject = resource.startsWith('arn:aws:states:::') ? 'Task' : 'LambdaFunction';
  return {
    scheduled: `${subject}Scheduled`,
    succeeded: `${subject}Succeeded`,
    failed: `${subject}Failed`,
    timedOut: `${subject}TimedOut`,
  };
};

const recordFailure = (frame: Frame, checkpoint: Checkpoint, names: EventNames, error: Error): void => {
  const details: JsonObject = { error: error.name, cause: error.message };
  recorded(frame, checkpoint, error.name === 'States.Timeout' ? names.timedOut : names.failed, details);
};
