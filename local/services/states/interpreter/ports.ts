import type { CloudClock, Json, JsonObject } from '../../../core/service.ts';
import type { StateMachineDefinition } from './definition.ts';
import type { Journal } from './journal.ts';

/** One attempt of a Task state. */
export interface TaskRequest {
  /** The state's `Resource`. */
  readonly resource: string;
  /** The evaluated `Arguments`, or the state's input without them. */
  readonly arguments: Json;
  readonly stateName: string;
  readonly executionName: string;
  /** 0 for the first attempt. */
  readonly retryCount: number;
  /** Aborted when the answer is no longer wanted: time-out, stop, failure of a sibling. */
  readonly signal: AbortSignal;
}

/** One entry of the execution history, named as `GetExecutionHistory` names it. */
export interface HistoryEntry {
  readonly type: string;
  readonly timestampMs: number;
  readonly previousEventId: number;
  readonly details: JsonObject;
}

/** What the interpreter needs from outside. */
export interface InterpreterPorts {
  /** Carries out a Task; what it throws is named by the error's `name`, its cause is the message. */
  readonly task: (request: TaskRequest) => Promise<Json>;
  readonly clock: CloudClock;
  readonly journal: Journal;
  /** A number in [0, 1): jitter of retries and `$random()`. */
  readonly random: () => number;
  readonly newId: () => string;
  /** Appends to the history and returns the entry's id, counting from 1. */
  readonly record: (entry: HistoryEntry) => number;
}

/** An execution to start, or to take up again where its journal ends. */
export interface ExecutionRequest {
  readonly definition: StateMachineDefinition;
  readonly input: Json;
  readonly execution: {
    readonly arn: string;
    readonly name: string;
    readonly roleArn: string;
    readonly startedAtMs: number;
  };
  readonly stateMachine: { readonly arn: string; readonly name: string };
  /** Aborted with an `Interruption` as reason to end the execution from outside. */
  readonly signal?: AbortSignal;
}

/** How an execution ended. `SUSPENDED` means it did not: it can be taken up again from its journal. */
export type ExecutionEnd =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string }
  | { readonly status: 'SUSPENDED' };
