import type { CloudClock, Json } from '../../../../local/core/service.ts';
import type { TaskState } from '../../../../local/services/states/interpreter/definition.ts';
import {
  type ExecutionEnd,
  type HistoryEntry,
  type InterpreterPorts,
  type Journal,
  memoryJournal,
  runExecution,
  type StateMachineDefinition,
  type TaskRequest,
} from '../../../../local/services/states/interpreter/index.ts';

export type Tasks = Readonly<Record<string, (input: Json, request: TaskRequest) => Promise<Json> | Json>>;

/** A clock that jumps to the end of each sleep; it lets pending answers arrive first. */
export const jumpingClock = (
  startMs = Date.parse('2026-11-21T09:00:00Z'),
): CloudClock & { readonly slept: number[] } => {
  let now = startMs;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      const wakeAt = now + ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      slept.push(ms);
      now = Math.max(now, wakeAt);
    },
  };
};

export const definitionOf = (StartAt: string, States: StateMachineDefinition['States']): StateMachineDefinition => ({
  QueryLanguage: 'JSONata',
  StartAt,
  States,
});

/** A task state that calls the scripted task of that name and passes its answer on. */
export const task = (name: string, Next?: string): TaskState => ({
  Type: 'Task',
  Resource: name,
  ...(Next ? { Next } : { End: true }),
});

export interface Run {
  readonly definition: StateMachineDefinition;
  readonly tasks?: Tasks;
  readonly input?: Json;
  readonly journal?: Journal;
  readonly clock?: CloudClock;
  readonly signal?: AbortSignal;
  readonly random?: () => number;
}

/** Runs a machine whose resources are names of scripted tasks. */
export const run = async (options: Run): Promise<{ end: ExecutionEnd; history: HistoryEntry[]; calls: string[] }> => {
  const { definition, tasks = {}, input = {}, journal = memoryJournal(), clock = jumpingClock() } = options;
  const history: HistoryEntry[] = [];
  const calls: string[] = [];
  const ports: InterpreterPorts = {
    journal,
    clock,
    random: options.random ?? (() => 0.5),
    newId: () => '018f3c5e-0000-7000-8000-000000000000',
    record: (entry) => history.push(entry),
    task: async (request) => {
      calls.push(request.resource);
      const perform = tasks[request.resource];
      if (!perform) throw new RangeError(`no task ${request.resource}`);
      return perform(request.arguments, request);
    },
  };
  const end = await runExecution(ports, {
    definition,
    input,
    execution: { arn: 'arn:execution:e1', name: 'e1', roleArn: 'arn:role', startedAtMs: clock.now() },
    stateMachine: { arn: 'arn:machine', name: 'machine' },
    ...(options.signal && { signal: options.signal }),
  });
  return { end, history, calls };
};

export const failing = (name: string, message: string) => (): never => {
  const error = new Error(message);
  error.name = name;
  throw error;
};
