import type { Json, JsonObject } from '../../../core/service.ts';
import type { State, StatesBlock } from './definition.ts';
import type { Bindings } from './expression.ts';
import { stepFunctions } from './functions.ts';
import type { Checkpoint } from './journal.ts';
import type { ExecutionRequest, InterpreterPorts } from './ports.ts';

/** One thread of an execution: the machine itself, a branch of a Parallel or an iteration of a Map. */
export interface Frame {
  readonly ports: InterpreterPorts;
  readonly request: ExecutionRequest;
  readonly path: string;
  readonly block: StatesBlock;
  /** Variables of the enclosing frames. */
  readonly outerVariables: JsonObject;
  /** `$states.context.Map` of the nearest iteration. */
  readonly iteration?: { readonly Index: number; readonly Value: Json };
  readonly signal: AbortSignal;
}

/** Everything an expression in this state sees: variables, `$states` and the functions. */
export const bindingsOf = (frame: Frame, checkpoint: Checkpoint, extra: JsonObject = {}): Bindings => ({
  ...stepFunctions({ random: frame.ports.random, newId: frame.ports.newId, nowMs: frame.ports.clock.now }),
  ...frame.outerVariables,
  ...checkpoint.variables,
  states: { input: checkpoint.input, context: contextOf(frame, checkpoint), ...extra },
});

const contextOf = ({ request, iteration }: Frame, checkpoint: Checkpoint): JsonObject => ({
  Execution: {
    Id: request.execution.arn,
    Input: request.input,
    Name: request.execution.name,
    RoleArn: request.execution.roleArn,
    StartTime: new Date(request.execution.startedAtMs).toISOString(),
    RedriveCount: 0,
  },
  StateMachine: { Id: request.stateMachine.arn, Name: request.stateMachine.name },
  State: {
    Name: checkpoint.state,
    EnteredTime: new Date(checkpoint.enteredAtMs).toISOString(),
    RetryCount: retryCountOf(checkpoint),
  },
  ...(iteration && { Map: { Item: { ...iteration } } }),
});

/** Retries spent on this visit of the state, over all its retriers. */
export const retryCountOf = (checkpoint: Checkpoint): number => checkpoint.retries.reduce((sum, used) => sum + used, 0);

/** Writes a history entry that follows the frame's last one. Returns the checkpoint that knows it. */
export const recorded = (frame: Frame, checkpoint: Checkpoint, type: string, details: JsonObject): Checkpoint => ({
  ...checkpoint,
  lastEventId: frame.ports.record({
    type,
    details,
    timestampMs: frame.ports.clock.now(),
    previousEventId: checkpoint.lastEventId,
  }),
});

/** The definition of the state a checkpoint is in. The definition was validated: the state exists. */
export const stateOf = (frame: Frame, checkpoint: Checkpoint): State => {
  const state = frame.block.States[checkpoint.state];
  if (!state) throw new RangeError(`no state '${checkpoint.state}'`);
  return state;
};
