import type { Json, JsonObject } from '../../../core/service.ts';
import { asStatesError, Interruption, isControlFlow } from './errors.ts';
import { type Frame, recorded, stateOf } from './frame.ts';
import type { Checkpoint } from './journal.ts';
import { requireHistoryRoom } from './limits.ts';
import { leaveByCatcher, type Outcome, performState } from './perform-state.ts';
import type { ExecutionEnd, ExecutionRequest, InterpreterPorts } from './ports.ts';
import { reactTo } from './retry.ts';
import { sleepUntil } from './waiting.ts';

/**
 * Runs a validated JSONata state machine to its end, or on from where its journal stops. A step whose completion the
 * journal knows is never repeated; one that was under way when the process died is attempted again, as on AWS.
 */
export const runExecution = async (ports: InterpreterPorts, request: ExecutionRequest): Promise<ExecutionEnd> => {
  const ending = new AbortController();
  const timer = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, ending.signal]) : ending.signal;
  const bounded: InterpreterPorts = { ...ports, record: (entry) => requireHistoryRoom(ports.record(entry)) };
  const frame: Frame = {
    ports: bounded,
    request,
    path: 'root',
    block: request.definition,
    outerVariables: {},
    signal,
  };
  armTimeout(ports, request, ending, timer.signal);
  try {
    return { status: 'SUCCEEDED', output: await runFrame(frame, request.input, 1) };
  } catch (thrown) {
    return endOf(thrown);
  } finally {
    timer.abort();
  }
};

const armTimeout = (
  { clock }: InterpreterPorts,
  { definition, execution }: ExecutionRequest,
  ending: AbortController,
  stopped: AbortSignal,
): void => {
  if (definition.TimeoutSeconds === undefined) return;
  sleepUntil(clock, execution.startedAtMs + definition.TimeoutSeconds * 1_000, stopped).then(
    () => ending.abort(new Interruption('TIMED_OUT', 'States.Timeout')),
    // The execution ended first.
    () => undefined,
  );
};

const endOf = (thrown: unknown): ExecutionEnd => {
  const error = asStatesError(thrown);
  if (!(error instanceof Interruption)) {
    return {
      status: 'FAILED',
      ...(error.name && { error: error.name }),
      ...(error.message && { cause: error.message }),
    };
  }
  if (error.status === 'SUSPENDED') return { status: 'SUSPENDED' };
  return {
    status: error.status,
    ...(error.error !== undefined && { error: error.error }),
    ...(error.message && { cause: error.message }),
  };
};

const runFrame = async (frame: Frame, input: Json, parentEventId: number): Promise<Json> => {
  const { journal } = frame.ports;
  let checkpoint =
    journal.load(frame.path) ??
    entered(frame, { state: frame.block.StartAt, visit: 1, input, variables: {}, lastEventId: parentEventId });
  for (;;) {
    if (checkpoint.finished) return checkpoint.finished.output;
    frame.signal.throwIfAborted();
    const outcome = await runState(frame, checkpoint);
    const left = recordExit(frame, outcome);
    if (outcome.next === undefined) {
      journal.save(frame.path, { ...left, finished: { output: outcome.output } });
      journal.dropChildren(frame.path);
      return outcome.output;
    }
    checkpoint = entered(frame, {
      state: outcome.next,
      visit: left.visit + 1,
      input: outcome.output,
      variables: outcome.variables,
      lastEventId: left.lastEventId,
    });
    journal.dropChildren(frame.path);
  }
};

type Arrival = Pick<Checkpoint, 'state' | 'visit' | 'input' | 'variables' | 'lastEventId'>;

const entered = (frame: Frame, arrival: Arrival): Checkpoint => {
  const checkpoint: Checkpoint = { ...arrival, enteredAtMs: frame.ports.clock.now(), retries: [] };
  const { Type } = stateOf(frame, checkpoint);
  const details = { name: arrival.state, input: JSON.stringify(arrival.input) };
  const noted = recorded(frame, checkpoint, `${Type}StateEntered`, details);
  frame.ports.journal.save(frame.path, noted);
  return noted;
};

const recordExit = (frame: Frame, { checkpoint, output, variables }: Outcome): Checkpoint => {
  const { Type } = stateOf(frame, checkpoint);
  const details: JsonObject = { name: checkpoint.state, output: JSON.stringify(output) };
  if (Object.keys(variables).length > 0) details.assignedVariables = variables;
  return recorded(frame, checkpoint, `${Type}StateExited`, details);
};

/** Attempts the state until it succeeds, is caught, or fails for good. */
const runState = async (frame: Frame, arrived: Checkpoint): Promise<Outcome> => {
  let checkpoint = arrived;
  for (;;) {
    if (checkpoint.retryAtMs !== undefined) await sleepUntil(frame.ports.clock, checkpoint.retryAtMs, frame.signal);
    try {
      return await performState(runFrame, frame, checkpoint);
    } catch (thrown) {
      if (isControlFlow(thrown)) throw thrown;
      const error = asStatesError(thrown);
      const reaction = reactTo(error.name, stateOf(frame, checkpoint), checkpoint.retries, frame.ports.random);
      if (reaction.kind === 'fail') throw error;
      if (reaction.kind === 'catch') return leaveByCatcher(frame, checkpoint, reaction.catcher, error);
      checkpoint = retried(frame, checkpoint, reaction.retries, reaction.delayMs);
    }
  }
};

const retried = (frame: Frame, checkpoint: Checkpoint, retries: readonly number[], delayMs: number): Checkpoint => {
  const { state, visit, input, variables, enteredAtMs, lastEventId } = checkpoint;
  const retryAtMs = frame.ports.clock.now() + delayMs;
  const next = { state, visit, input, variables, enteredAtMs, lastEventId, retries, retryAtMs };
  frame.ports.journal.save(frame.path, next);
  frame.ports.journal.dropChildren(frame.path);
  return next;
};
