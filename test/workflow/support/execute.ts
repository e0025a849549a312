import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CloudClock, Json } from '../../../local/core/service.ts';
import {
  type ExecutionEnd,
  lambdaTask,
  memoryJournal,
  parseDefinition,
  runExecution,
} from '../../../local/services/states/interpreter/index.ts';
import type { RunInput } from '../../../shared/provisioning/provisioning.ts';
import type { TaskName } from '../../../shared/provisioning/task-contract.ts';
import { runInput, type World } from '../../provisioning/support/world.ts';

export type Machine = 'provision-agent' | 'retire-agent';

export const definitionText = (machine: Machine): string =>
  readFileSync(resolve(import.meta.dirname, `../../../statemachines/${machine}.asl.json`), 'utf8');

const definitionOf = (machine: Machine, pollSeconds: number) =>
  parseDefinition(
    definitionText(machine)
      .replaceAll(/\$\{PollSeconds\}/g, String(pollSeconds))
      .replace(/\$\{(\w+)Arn\}/g, 'arn:aws:lambda:us-east-1:111122223333:function:$1'),
  );

export interface ExecutionOptions {
  /** Around every invocation of a function. */
  readonly around?: (name: TaskName, nth: number, invoke: () => Promise<unknown>) => Promise<unknown>;
  readonly signal?: AbortSignal;
  readonly resumeFrom?: RunInput['resumeFrom'];
  /** 5 unless given. */
  readonly pollSeconds?: number;
}

export interface Execution {
  readonly end: ExecutionEnd;
  /** States entered, in order. */
  readonly states: readonly string[];
}

/** Runs the state machine as it is deployed, its functions as plain calls, on a clock that jumps to the next thing due. */
export const execute = async (world: World, machine: Machine, options: ExecutionOptions = {}): Promise<Execution> => {
  const states: string[] = [];
  const counts = new Map<string, number>();
  let events = 0;
  const invoke = async ({ functionArn, payload }: { functionArn: string; payload: Json }) => {
    const name = functionArn.split(':').at(-1) as TaskName;
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    const act = () => world.tasks[name](payload, { getRemainingTimeInMillis: () => 120_000 });
    try {
      const answer = await (options.around?.(name, nth, act) ?? act());
      return { payload: answer as Json };
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return { payload: { errorType, errorMessage }, functionError: 'Unhandled' };
    }
  };
  const end = await runExecution(
    {
      task: lambdaTask(invoke),
      clock: jumpingClock(world.time),
      journal: memoryJournal(),
      random: () => 0.5,
      newId: () => `id-${events}`,
      record: ({ type, details }) => {
        if (type.endsWith('StateEntered')) states.push(typeof details.name === 'string' ? details.name : '');
        events += 1;
        return events;
      },
    },
    {
      definition: definitionOf(machine, options.pollSeconds ?? 5),
      input: JSON.parse(JSON.stringify({ ...runInput(world.agent()), resumeFrom: options.resumeFrom })) as Json,
      execution: { arn: 'arn:execution', name: 'execution', roleArn: 'arn:role', startedAtMs: world.time.nowMs },
      stateMachine: { arn: 'arn:machine', name: machine },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  return { end, states };
};

/** Time stands still while anything can happen, then jumps to whoever wakes first. */
const jumpingClock = (time: { nowMs: number }): CloudClock => {
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  let pumping = false;
  const pump = () => {
    const [first] = [...sleepers].sort((a, b) => a.atMs - b.atMs);
    if (first === undefined) {
      pumping = false;
      return;
    }
    sleepers.delete(first);
    time.nowMs = Math.max(time.nowMs, first.atMs);
    first.wake();
    setImmediate(() => setImmediate(pump));
  };
  return {
    now: () => time.nowMs,
    sleep: (ms, signal) =>
      new Promise((wake, reject) => {
        const sleeper = { atMs: time.nowMs + ms, wake };
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
        sleepers.add(sleeper);
        if (pumping) return;
        pumping = true;
        setImmediate(() => setImmediate(pump));
      }),
  };
};
