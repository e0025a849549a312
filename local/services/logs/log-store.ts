import { AwsError, type CloudContext } from '../../core/service.ts';

export interface StoredGroup {
  readonly name: string;
  readonly createdAtMs: number;
  /** Absent: for ever. */
  readonly retentionDays?: number;
}

export interface StoredStream {
  readonly name: string;
  readonly createdAtMs: number;
}

export interface StoredEvent {
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

/** A group keeps its newest lines only: this is a developer's machine, not an archive. */
const MAX_EVENTS_PER_GROUP = 10_000;
const DAY_MS = 86_400_000;

/** Log groups with their streams, and their events in order of time. */
export function makeLogStore(context: Pick<CloudContext, 'clock' | 'store'>) {
  const groups = context.store('logs-groups');
  const streams = context.store('logs-streams');
  const events = context.store('logs-events');
  // Events of one millisecond keep the order they came in, over a restart too.
  let arrival = context.clock.now();
  const required = (name: string): StoredGroup =>
    groups.get<StoredGroup>(name) ?? missing('The specified log group does not exist.');
  const trim = (group: StoredGroup): void => {
    const all = events.list(`${group.name}|`);
    for (const { key } of all.slice(0, Math.max(0, all.length - MAX_EVENTS_PER_GROUP))) events.delete(key);
  };
  return {
    required,
    groups: (prefix = '') => groups.list<StoredGroup>(prefix).map(({ value }) => value),
    streams: (group: StoredGroup, prefix = '') =>
      streams.list<StoredStream>(`${group.name}|${prefix}`).map(({ value }) => value),
    allStreams: () => streams.list().map(({ key }) => key),
    putGroup: (name: string, changes: Partial<StoredGroup> = {}): void =>
      groups.put(name, { name, createdAtMs: context.clock.now(), ...groups.get<StoredGroup>(name), ...changes }),
    createGroup: (name: string): void => {
      if (groups.get(name)) exists('The specified log group already exists.');
      groups.put(name, { name, createdAtMs: context.clock.now() });
    },
    deleteGroup: (name: string): void => {
      const group = required(name);
      for (const { key } of streams.list(`${group.name}|`)) streams.delete(key);
      for (const { key } of events.list(`${group.name}|`)) events.delete(key);
      groups.delete(group.name);
    },
    createStream: (groupName: string, name: string): void => {
      const key = `${required(groupName).name}|${name}`;
      if (streams.get(key)) exists('The specified log stream already exists.');
      streams.put(key, { name, createdAtMs: context.clock.now() });
    },
    append: (groupName: string, added: readonly StoredEvent[]): void => {
      const group = required(groupName);
      for (const event of added) {
        if (!streams.get(`${group.name}|${event.stream}`)) missing('The specified log stream does not exist.');
        arrival += 1;
        const order = [event.timestamp, arrival].map((part) => String(part).padStart(15, '0')).join('|');
        events.put(`${group.name}|${order}`, event);
      }
      trim(group);
    },
    events: (groupName: string): StoredEvent[] => {
      const { name, retentionDays } = required(groupName);
      const oldest = retentionDays === undefined ? 0 : context.clock.now() - retentionDays * DAY_MS;
      return events
        .list<StoredEvent>(`${name}|`)
        .map(({ value }) => value)
        .filter(({ timestamp }) => timestamp >= oldest);
    },
  };
}

const missing = (message: string): never => {
  throw new AwsError('ResourceNotFoundException', message);
};

const exists = (message: string): never => {
  throw new AwsError('ResourceAlreadyExistsException', message);
};
