import type { Json, JsonObject } from '../../../core/service.ts';

/** A state machine in the Amazon States Language, query language JSONata. Field names are the language's own. */
export interface StateMachineDefinition extends StatesBlock {
  readonly Comment?: string;
  readonly QueryLanguage?: string;
  readonly Version?: string;
  /** Seconds the whole execution may take. */
  readonly TimeoutSeconds?: number;
}

/** What a machine, a branch and an item processor have in common. */
export interface StatesBlock {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

/** Where a state goes next and what it leaves behind: a state itself, a choice rule or a catcher. */
export interface Rule {
  readonly Next?: string;
  readonly End?: boolean;
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

export interface Catcher extends Rule {
  readonly ErrorEquals: readonly string[];
}

export interface ChoiceRule extends Rule {
  readonly Condition: Json;
}

interface StateBase extends Rule {
  readonly Comment?: string;
  readonly QueryLanguage?: string;
}

interface Recoverable extends StateBase {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends StateBase {
  readonly Type: 'Pass';
}

export interface TaskState extends Recoverable {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Json;
  readonly TimeoutSeconds?: Json;
  readonly HeartbeatSeconds?: Json;
}

export interface ChoiceState extends StateBase {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface WaitState extends StateBase {
  readonly Type: 'Wait';
  readonly Seconds?: Json;
  readonly Timestamp?: Json;
}

export interface SucceedState extends StateBase {
  readonly Type: 'Succeed';
}

export interface FailState extends StateBase {
  readonly Type: 'Fail';
  readonly Error?: Json;
  readonly Cause?: Json;
}

export interface ParallelState extends Recoverable {
  readonly Type: 'Parallel';
  readonly Arguments?: Json;
  readonly Branches: readonly StatesBlock[];
}

export interface MapState extends Recoverable {
  readonly Type: 'Map';
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly ItemProcessor: StatesBlock & { readonly ProcessorConfig?: { readonly Mode?: string } };
  readonly MaxConcurrency?: Json;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;
