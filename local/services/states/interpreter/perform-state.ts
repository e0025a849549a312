import type { Json, JsonObject } from '../../../core/service.ts';
import type { Catcher, ChoiceState, FailState, Rule, State, WaitState } from './definition.ts';
import { StatesError } from './errors.ts';
import { evaluate } from './expression.ts';
import { bindingsOf, type Frame, stateOf } from './frame.ts';
import type { Checkpoint } from './journal.ts';
import { MAX_VARIABLES_BYTES, MAX_WAIT_SECONDS, requirePayload } from './limits.ts';
import { childrenInput, performMap, performParallel, type RunFrame } from './perform-children.ts';
import { performTask } from './perform-task.ts';
import { sleepUntil } from './waiting.ts';

/** What a state leaves behind. Without `next` the frame ends. */
export interface Outcome {
  readonly next?: string;
  readonly output: Json;
  readonly variables: JsonObject;
  readonly checkpoint: Checkpoint;
}

/** One attempt of the state the checkpoint is in. Throws what the state failed with. */
export const performState = async (runFrame: RunFrame, frame: Frame, checkpoint: Checkpoint): Promise<Outcome> => {
  const state = stateOf(frame, checkpoint);
  switch (state.Type) {
    case 'Task': {
      const done = await performTask(frame, checkpoint, state);
      return leave(frame, done.checkpoint, state, done.result, { result: done.result });
    }
    case 'Parallel':
    case 'Map': {
      const prepared = await withChildrenInput(frame, checkpoint, state);
      const result =
        state.Type === 'Parallel'
          ? await performParallel(runFrame, frame, prepared, state)
          : await performMap(runFrame, frame, prepared, state);
      return leave(frame, prepared, state, result, { result });
    }
    case 'Choice':
      return leave(frame, checkpoint, await chosenRule(frame, checkpoint, state), checkpoint.input);
    case 'Wait':
      await performWait(frame, checkpoint, state);
      return leave(frame, checkpoint, state, checkpoint.input);
    case 'Fail':
      throw await failureOf(frame, checkpoint, state);
    case 'Pass':
    case 'Succeed':
      return leave(frame, checkpoint, state, checkpoint.input);
  }
};

/** Leaves a failed state by its catcher. */
export const leaveByCatcher = (
  frame: Frame,
  checkpoint: Checkpoint,
  catcher: Catcher,
  error: Error,
): Promise<Outcome> => {
  const errorOutput = { Error: error.name, Cause: error.message };
  return leave(frame, checkpoint, catcher, errorOutput, { errorOutput });
};

const leave = async (
  frame: Frame,
  checkpoint: Checkpoint,
  rule: Rule,
  otherwise: Json,
  extra: JsonObject = {},
): Promise<Outcome> => {
  const bindings = bindingsOf(frame, checkpoint, extra);
  // Both see the variables as they were: an assignment counts from the next state on.
  const [assigned, output] = await Promise.all([
    rule.Assign === undefined ? {} : evaluate(rule.Assign, bindings, 'Assign'),
    rule.Output === undefined ? otherwise : evaluate(rule.Output, bindings, 'Output'),
  ]);
  requirePayload(output, `state/task '${checkpoint.state}' output`);
  const variables = { ...checkpoint.variables, ...(assigned as JsonObject) };
  requirePayload(variables, 'variables', MAX_VARIABLES_BYTES);
  return { ...(rule.Next !== undefined && { next: rule.Next }), output, variables, checkpoint };
};

const withChildrenInput = async (
  frame: Frame,
  checkpoint: Checkpoint,
  state: Extract<State, { Type: 'Parallel' | 'Map' }>,
): Promise<Checkpoint> => {
  if (checkpoint.arguments !== undefined) return checkpoint;
  const prepared = { ...checkpoint, arguments: await childrenInput(frame, checkpoint, state) };
  frame.ports.journal.save(frame.path, prepared);
  return prepared;
};

const chosenRule = async (frame: Frame, checkpoint: Checkpoint, state: ChoiceState): Promise<Rule> => {
  const bindings = bindingsOf(frame, checkpoint);
  for (const [index, rule] of state.Choices.entries()) {
    const holds = await evaluate(rule.Condition, bindings, `Choices[${index}]/Condition`);
    if (typeof holds !== 'boolean') {
      throw new StatesError('States.QueryEvaluationError', `The condition of rule ${index} did not return a boolean.`);
    }
    if (holds) return rule;
  }
  if (state.Default === undefined) throw new StatesError('States.NoChoiceMatched', 'No choice rule matched.');
  const { Assign, Output } = state;
  return {
    Next: state.Default,
    ...(Assign !== undefined && { Assign }),
    ...(Output !== undefined && { Output }),
  };
};

const performWait = async (frame: Frame, checkpoint: Checkpoint, state: WaitState): Promise<void> => {
  const wakeAtMs = checkpoint.wakeAtMs ?? (await wakeTime(frame, checkpoint, state));
  if (checkpoint.wakeAtMs === undefined) frame.ports.journal.save(frame.path, { ...checkpoint, wakeAtMs });
  await sleepUntil(frame.ports.clock, wakeAtMs, frame.signal);
};

const wakeTime = async (frame: Frame, checkpoint: Checkpoint, state: WaitState): Promise<number> => {
  const bindings = bindingsOf(frame, checkpoint);
  if (state.Seconds !== undefined) {
    const seconds = await evaluate(state.Seconds, bindings, 'Seconds');
    if (typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_WAIT_SECONDS) {
      return frame.ports.clock.now() + seconds * 1_000;
    }
    throw new StatesError(
      'States.QueryEvaluationError',
      `The field 'Seconds' must be between 0 and ${MAX_WAIT_SECONDS}.`,
    );
  }
  const timestamp = await evaluate(state.Timestamp ?? null, bindings, 'Timestamp');
  const timeMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isFinite(timeMs)) return timeMs;
  throw new StatesError('States.QueryEvaluationError', `The field 'Timestamp' must be an RFC 3339 timestamp.`);
};

const failureOf = async (frame: Frame, checkpoint: Checkpoint, state: FailState): Promise<StatesError> => {
  const bindings = bindingsOf(frame, checkpoint);
  const [error, cause] = await Promise.all([
    evaluate(state.Error ?? '', bindings, 'Error'),
    evaluate(state.Cause ?? '', bindings, 'Cause'),
  ]);
  if (typeof error !== 'string' || typeof cause !== 'string') {
    throw new StatesError('States.QueryEvaluationError', `The fields 'Error' and 'Cause' must be strings.`);
  }
  return new StatesError(error, cause);
};
