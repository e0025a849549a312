import * as client from '@aws-sdk/client-cloudwatch-logs';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext, type DeclaredResource } from '../../core/service.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store'>;

interface StoredGroup {
  readonly name: string;
  readonly createdAtMs: number;
  /** Absent: for ever. */
  readonly retentionDays?: number;
}

interface StoredStream {
  readonly name: string;
  readonly createdAtMs: number;
}

interface StoredEvent {
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

/** A group keeps its newest lines only: this is a machine of a developer, not an archive. */
const MAX_EVENTS_PER_GROUP = 10_000;

/** Log groups, streams and events, with retention; filters match plain text. */
export function makeLogs(context: Context): AwsService {
  const groups = context.store('logs-groups');
  const streams = context.store('logs-streams');
  const events = context.store('logs-events');
  const others = context.store('logs-others');
  const counter = { next: 0 };
  const arnOf = (name: string) => `arn:aws:logs:${context.region}:${context.accountId}:log-group:${name}`;
  const nameOf = (input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined }) =>
    input.logGroupName ??
    (input.logGroupIdentifier ?? '').replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '');
  const required = (name: string): StoredGroup =>
    groups.get<StoredGroup>(name) ?? missing('The specified log group does not exist.');
  const putGroup = (name: string, changes: Partial<StoredGroup> = {}): void =>
    groups.put(name, { name, createdAtMs: context.clock.now(), ...groups.get<StoredGroup>(name), ...changes });
  const removeBelow = (name: string): void => {
    for (const { key } of streams.list(`${name}|`)) streams.delete(key);
    for (const { key } of events.list(`${name}|`)) events.delete(key);
  };
  const keptEvents = (group: StoredGroup): StoredEvent[] => {
    const oldest = group.retentionDays === undefined ? 0 : context.clock.now() - group.retentionDays * 86_400_000;
    return events
      .list<StoredEvent>(`${group.name}|`)
      .map(({ value }) => value)
      .filter(({ timestamp }) => timestamp >= oldest);
  };
  const append = (group: StoredGroup, added: readonly StoredEvent[]): void => {
    for (const event of added) {
      counter.next += 1;
      const order = `${String(event.timestamp).padStart(15, '0')}|${String(counter.next).padStart(9, '0')}`;
      events.put(`${group.name}|${order}|${event.stream}`, event);
    }
    const all = events.list(`${group.name}|`);
    for (const { key } of all.slice(0, Math.max(0, all.length - MAX_EVENTS_PER_GROUP))) events.delete(key);
  };
  return {
    ...defineSchemaService({
      name: 'logs',
      signingName: 'logs',
      targetPrefix: 'Logs_20140328',
      client,
      needs: (operation, input: { logGroupName?: string; logGroupIdentifier?: string; logStreamName?: string }) => {
        const name = nameOf(input);
        const stream = input.logStreamName === undefined ? '*' : `log-stream:${input.logStreamName}`;
        return [{ action: `logs:${operation}`, resource: name === '' ? '*' : `${arnOf(name)}:${stream}` }];
      },
      operations: {
        CreateLogGroup: ({ logGroupName = '' }) => {
          if (groups.get(logGroupName)) throw new AwsError('ResourceAlreadyExistsException', 'The log group exists.');
          putGroup(logGroupName);
          return {};
        },
        DeleteLogGroup: ({ logGroupName = '' }) => {
          removeBelow(required(logGroupName).name);
          groups.delete(logGroupName);
          return {};
        },
        PutRetentionPolicy: ({ logGroupName = '', retentionInDays }) => {
          const group = required(logGroupName);
          groups.put(group.name, { ...group, retentionDays: retentionInDays });
          return {};
        },
        DescribeLogGroups: ({ logGroupNamePrefix = '' }) => ({
          logGroups: groups.list<StoredGroup>(logGroupNamePrefix).map(({ value }) => ({
            logGroupName: value.name,
            arn: `${arnOf(value.name)}:*`,
            creationTime: value.createdAtMs,
            retentionInDays: value.retentionDays,
          })),
        }),
        CreateLogStream: ({ logGroupName = '', logStreamName = '' }) => {
          const key = `${required(logGroupName).name}|${logStreamName}`;
          if (streams.get(key)) throw new AwsError('ResourceAlreadyExistsException', 'The log stream exists.');
          streams.put(key, { name: logStreamName, createdAtMs: context.clock.now() });
          return {};
        },
        DescribeLogStreams: (input) => ({
          logStreams: streams
            .list<StoredStream>(`${required(nameOf(input)).name}|${input.logStreamNamePrefix ?? ''}`)
            .map(({ value }) => ({ logStreamName: value.name, creationTime: value.createdAtMs })),
        }),
        PutLogEvents: ({ logGroupName = '', logStreamName = '', logEvents = [] }) => {
          const group = required(logGroupName);
          if (!streams.get(`${group.name}|${logStreamName}`)) missing('The specified log stream does not exist.');
          append(
            group,
            logEvents.map(({ timestamp = 0, message = '' }) => ({ stream: logStreamName, timestamp, message })),
          );
          return { nextSequenceToken: String(counter.next) };
        },
        GetLogEvents: (input) => ({
          events: keptEvents(required(nameOf(input)))
            .filter(({ stream }) => stream === input.logStreamName)
            .map(({ timestamp, message }) => ({ timestamp, message })),
        }),
        FilterLogEvents: (input) => {
          const { filterPattern = '', startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = 10_000 } = input;
          const text = filterPattern.replace(/^"(.*)"$/, '$1');
          return {
            events: keptEvents(required(nameOf(input)))
              .filter(
                ({ timestamp, message }) => timestamp >= startTime && timestamp <= endTime && message.includes(text),
              )
              .slice(0, limit)
              .map(({ stream, timestamp, message }) => ({ logStreamName: stream, timestamp, message })),
          };
        },
      },
      resources: [
        { type: 'AWS::Logs::LogGroup', ensure: async (resource) => ensureGroup(resource) },
        ...['AWS::Logs::ResourcePolicy', 'AWS::Logs::QueryDefinition', 'AWS::Logs::MetricFilter'].map((type) => ({
          type,
          ensure: async ({ properties, physicalName }: DeclaredResource) => {
            others.put(`${type}|${physicalName}`, properties);
            return { ref: physicalName, attributes: { QueryDefinitionId: physicalName } };
          },
        })),
      ],
    }),
    inventory: async () => [
      ...groups.list<StoredGroup>().map(({ value }) => arnOf(value.name)),
      ...streams.list().map(({ key }) => `log stream ${key}`),
      ...others.list().map(({ key }) => key),
    ],
  };

  function ensureGroup({ properties, physicalName }: DeclaredResource) {
    const name = typeof properties.LogGroupName === 'string' ? properties.LogGroupName : physicalName;
    const retention = properties.RetentionInDays;
    putGroup(name, retention === undefined ? {} : { retentionDays: Number(retention) });
    return { ref: name, attributes: { Arn: `${arnOf(name)}:*` } };
  }
}

const missing = (message: string): never => {
  throw new AwsError('ResourceNotFoundException', message);
};
