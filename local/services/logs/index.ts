import * as client from '@aws-sdk/client-cloudwatch-logs';
import { defineSchemaService } from '../../core/schema-service.ts';
import type { AwsService, CloudContext, DeclaredResource } from '../../core/service.ts';
import { makeLogStore } from './log-store.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store'>;

interface NamesGroup {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

/** Log groups, streams and events, with retention; filters match plain text. */
export function makeLogs(context: Context): AwsService {
  const store = makeLogStore(context);
  const others = context.store('logs-others');
  const arnOf = (name: string) => `arn:aws:logs:${context.region}:${context.accountId}:log-group:${name}`;
  return {
    ...defineSchemaService({
      name: 'logs',
      signingName: 'logs',
      targetPrefix: 'Logs_20140328',
      client,
      needs: (operation, input: NamesGroup & { logStreamName?: string }) => {
        const name = groupName(input);
        const stream = input.logStreamName === undefined ? '*' : `log-stream:${input.logStreamName}`;
        return [{ action: `logs:${operation}`, resource: name === '' ? '*' : `${arnOf(name)}:${stream}` }];
      },
      operations: {
        CreateLogGroup: ({ logGroupName = '' }) => done(store.createGroup(logGroupName)),
        DeleteLogGroup: ({ logGroupName = '' }) => done(store.deleteGroup(logGroupName)),
        PutRetentionPolicy: ({ logGroupName = '', retentionInDays }) =>
          done(store.putGroup(store.required(logGroupName).name, { retentionDays: retentionInDays ?? 30 })),
        DescribeLogGroups: ({ logGroupNamePrefix }) => ({
          logGroups: store.groups(logGroupNamePrefix).map((group) => ({
            logGroupName: group.name,
            arn: `${arnOf(group.name)}:*`,
            creationTime: group.createdAtMs,
            retentionInDays: group.retentionDays,
          })),
        }),
        CreateLogStream: ({ logGroupName = '', logStreamName = '' }) =>
          done(store.createStream(logGroupName, logStreamName)),
        DescribeLogStreams: (input) => ({
          logStreams: store
            .streams(store.required(groupName(input)), input.logStreamNamePrefix)
            .map(({ name, createdAtMs }) => ({ logStreamName: name, creationTime: createdAtMs })),
        }),
        PutLogEvents: ({ logGroupName = '', logStreamName = '', logEvents = [] }) => {
          const added = logEvents.map(({ timestamp = 0, message = '' }) => ({
            stream: logStreamName,
            timestamp,
            message,
          }));
          return done(store.append(logGroupName, added));
        },
        GetLogEvents: (input) => ({
          events: store
            .events(groupName(input))
            .filter(({ stream }) => stream === input.logStreamName)
            .map(({ timestamp, message }) => ({ timestamp, message })),
        }),
        FilterLogEvents: (input) => ({ events: filterEvents(store.events(groupName(input)), input) }),
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
      ...store.groups().map(({ name }) => arnOf(name)),
      ...store.allStreams().map((key) => `log stream ${key}`),
      ...others.list().map(({ key }) => key),
    ],
  };

  function ensureGroup({ properties, physicalName }: DeclaredResource) {
    const name = typeof properties.LogGroupName === 'string' ? properties.LogGroupName : physicalName;
    const retention = properties.RetentionInDays;
    store.putGroup(name, retention === undefined ? {} : { retentionDays: Number(retention) });
    return { ref: name, attributes: { Arn: `${arnOf(name)}:*` } };
  }
}

/** Operations that answer with nothing. */
const done = (_effect: unknown): Record<string, never> => ({});

/** By name or by ARN, with or without the trailing `:*`. */
const groupName = (input: NamesGroup): string =>
  input.logGroupName ??
  (input.logGroupIdentifier ?? '').replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '');

function filterEvents(
  events: ReturnType<ReturnType<typeof makeLogStore>['events']>,
  input: client.FilterLogEventsCommandInput,
): client.FilteredLogEvent[] {
  const { filterPattern = '', startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = 10_000 } = input;
  const text = filterPattern.replace(/^"(.*)"$/, '$1');
  return events
    .filter(({ timestamp, message }) => timestamp >= startTime && timestamp <= endTime && message.includes(text))
    .slice(0, limit)
    .map(({ stream, timestamp, message }) => ({ logStreamName: stream, timestamp, message }));
}
