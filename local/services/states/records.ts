import { createHash } from 'node:crypto';
import type { CloudContext, Json, KeyValueStore } from '../../core/service.ts';
import type { Checkpoint, HistoryEntry, Journal } from './interpreter/index.ts';

export interface MachineRecord {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: string;
  readonly createdAtMs: number;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly roleArn: string;
  /** Digest of the definition the execution was started with: an update of the machine does not change it. */
  readonly definitionDigest: string;
  readonly status: ExecutionStatus;
  readonly startedAtMs: number;
  readonly stoppedAtMs?: number;
  /** JSON text, as it was given. */
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Everything Step Functions keeps: machines, executions, their journals and histories. */
export interface StatesStore {
  readonly machine: (arn: string) => MachineRecord | undefined;
  readonly machines: () => MachineRecord[];
  readonly putMachine: (machine: MachineRecord) => void;
  readonly definition: (digest: string) => string;
  readonly execution: (arn: string) => ExecutionRecord | undefined;
  /** Newest first, as `ListExecutions` gives them. */
  readonly executionsOf: (machineArn: string) => ExecutionRecord[];
  readonly running: () => ExecutionRecord[];
  readonly putExecution: (execution: ExecutionRecord) => void;
  readonly journalOf: (executionArn: string) => Journal;
  readonly dropJournal: (executionArn: string) => void;
  readonly history: (executionArn: string) => HistoryEntry[];
  /** Appends and returns the entry's id, counting from 1. */
  readonly appendHistory: (executionArn: string, entry: HistoryEntry) => number;
  /** Status changes not yet published: written before, removed after, so that none is lost with the process. */
  readonly unpublished: () => ExecutionRecord[];
  readonly published: (executionArn: string) => void;
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Names in ARNs hold no `|`: it parts the execution from what follows. */
const under = (arn: string, rest: string): string => `${arn}|${rest}`;

export const statesStore = ({ store }: Pick<CloudContext, 'store'>): StatesStore => {
  const machines = store('states-machine');
  const definitions = store('states-definition');
  const executions = store('states-execution');
  const running = store('states-running');
  const unpublished = store('states-unpublished');
  const executionOf = (arn: string) => executions.get<ExecutionRecord>(arn);
  const stillThere = (keys: KeyValueStore) => keys.list<Json>().flatMap(({ key }) => executionOf(key) ?? []);
  return {
    machine: (arn) => machines.get<MachineRecord>(arn),
    machines: () => machines.list<MachineRecord>().map(({ value }) => value),
    putMachine: (machine) => {
      definitions.put(digestOf(machine.definition), machine.definition);
      machines.put(machine.arn, machine);
    },
    definition: (digest) => {
      const text = definitions.get<string>(digest);
      if (text === undefined) throw new RangeError(`no definition ${digest}`);
      return text;
    },
    execution: executionOf,
    executionsOf: (machineArn) =>
      executions
        .list<ExecutionRecord>(`${machineArn.replace(':stateMachine:', ':execution:')}:`)
        .map(({ value }) => value)
        .sort((a, b) => b.startedAtMs - a.startedAtMs),
    running: () => stillThere(running),
    putExecution: (execution) => {
      unpublished.put(execution.arn, true);
      executions.put(execution.arn, execution);
      if (execution.status === 'RUNNING') running.put(execution.arn, true);
      else running.delete(execution.arn);
    },
    ...journals(store('states-journal')),
    ...histories(store('states-history')),
    unpublished: () => stillThere(unpublished),
    published: (arn) => unpublished.delete(arn),
  };
};

const journals = (entries: KeyValueStore): Pick<StatesStore, 'journalOf' | 'dropJournal'> => {
  const drop = (prefix: string): void => {
    for (const { key } of entries.list(prefix)) entries.delete(key);
  };
  return {
    journalOf: (arn) => ({
      load: (path) => entries.get<Checkpoint>(under(arn, path)),
      save: (path, checkpoint) => entries.put(under(arn, path), checkpoint),
      dropChildren: (path) => drop(under(arn, `${path}/`)),
    }),
    dropJournal: (arn) => drop(under(arn, '')),
  };
};

const histories = (entries: KeyValueStore): Pick<StatesStore, 'history' | 'appendHistory'> => {
  /** Length of each history, so that appending does not read it. */
  const lengths = new Map<string, number>();
  const history = (arn: string) => entries.list<HistoryEntry>(under(arn, '')).map(({ value }) => value);
  return {
    history,
    appendHistory: (arn, entry) => {
      const id = (lengths.get(arn) ?? history(arn).length) + 1;
      lengths.set(arn, id);
      entries.put(under(arn, String(id).padStart(6, '0')), entry);
      return id;
    },
  };
};
