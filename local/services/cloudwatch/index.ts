import * as client from '@aws-sdk/client-cloudwatch';
import { defineSchemaService } from '../../core/schema-service.ts';
import type { AwsService, CloudContext, DeclaredResource, JsonObject } from '../../core/service.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store'>;

interface StoredAlarm {
  readonly name: string;
  readonly arn: string;
  readonly composite: boolean;
  /** As CloudFormation has them; the names are those of the API. */
  readonly properties: JsonObject;
  readonly updatedAtMs: number;
}

interface StoredMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly dataPoints: number;
}

/**
 * Alarms and dashboards are kept so that one can see what would be deployed; nothing evaluates them here (their state
 * is INSUFFICIENT_DATA). Of published metrics the names are kept.
 */
export function makeCloudWatch(context: Context): AwsService {
  const alarms = context.store('cloudwatch-alarms');
  const dashboards = context.store('cloudwatch-dashboards');
  const metrics = context.store('cloudwatch-metrics');
  const alarmArn = (name: string) => `arn:aws:cloudwatch:${context.region}:${context.accountId}:alarm:${name}`;
  const dashboardArn = (name: string) => `arn:aws:cloudwatch::${context.accountId}:dashboard/${name}`;
  const count = (namespace: string, datum: client.MetricDatum) => {
    const dimensions = (datum.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({ Name, Value }));
    const key = `${namespace}/${datum.MetricName}/${JSON.stringify(dimensions)}`;
    const dataPoints = (metrics.get<StoredMetric>(key)?.dataPoints ?? 0) + 1;
    metrics.put(key, { namespace, name: datum.MetricName ?? '', dimensions, dataPoints });
  };
  const alarmsMatching = (names: readonly string[] | undefined, prefix = '') =>
    alarms
      .list<StoredAlarm>()
      .map(({ value }) => value)
      .filter(({ name }) => name.startsWith(prefix) && (names === undefined || names.includes(name)));
  return {
    ...defineSchemaService({
      name: 'cloudwatch',
      signingName: 'monitoring',
      client,
      needs: (operation) => [{ action: `cloudwatch:${operation}`, resource: '*' }],
      operations: {
        PutMetricData: ({ Namespace = '', MetricData = [] }) => {
          for (const datum of MetricData) count(Namespace, datum);
          return {};
        },
        ListMetrics: ({ Namespace }) => ({
          Metrics: metrics.list<StoredMetric>(Namespace === undefined ? '' : `${Namespace}/`).map(({ value }) => ({
            Namespace: value.namespace,
            MetricName: value.name,
            Dimensions: [...value.dimensions],
          })),
        }),
        DescribeAlarms: ({ AlarmNames, AlarmNamePrefix }) => {
          const found = alarmsMatching(AlarmNames, AlarmNamePrefix);
          return {
            MetricAlarms: found.filter(({ composite }) => !composite).map(described),
            CompositeAlarms: found.filter(({ composite }) => composite).map(described),
          };
        },
        ListDashboards: () => ({
          DashboardEntries: dashboards
            .list()
            .map(({ key }) => ({ DashboardName: key, DashboardArn: dashboardArn(key) })),
        }),
        GetDashboard: ({ DashboardName = '' }) => ({
          DashboardName,
          DashboardArn: dashboardArn(DashboardName),
          DashboardBody: dashboards.get<string>(DashboardName),
        }),
      },
      resources: [
        { type: 'AWS::CloudWatch::Alarm', ensure: async (resource) => ensureAlarm(resource, false) },
        { type: 'AWS::CloudWatch::CompositeAlarm', ensure: async (resource) => ensureAlarm(resource, true) },
        {
          type: 'AWS::CloudWatch::Dashboard',
          ensure: async ({ properties, physicalName }) => {
            const name = typeof properties.DashboardName === 'string' ? properties.DashboardName : physicalName;
            dashboards.put(name, properties.DashboardBody ?? '{}');
            return { ref: name, attributes: {} };
          },
        },
      ],
    }),
    inventory: async () => [
      ...alarms.list<StoredAlarm>().map(({ value }) => value.arn),
      ...dashboards.list().map(({ key }) => dashboardArn(key)),
      ...metrics.list().map(({ key }) => `metric ${key}`),
    ],
  };

  function ensureAlarm({ properties, physicalName }: DeclaredResource, composite: boolean) {
    const name = typeof properties.AlarmName === 'string' ? properties.AlarmName : physicalName;
    const alarm: StoredAlarm = {
      name,
      arn: alarmArn(name),
      composite,
      properties,
      updatedAtMs: alarms.get<StoredAlarm>(name)?.updatedAtMs ?? context.clock.now(),
    };
    alarms.put(name, alarm);
    return { ref: name, attributes: { Arn: alarm.arn } };
  }
}

const described = (alarm: StoredAlarm): client.MetricAlarm & client.CompositeAlarm => ({
  ...(alarm.properties as client.MetricAlarm),
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  StateValue: 'INSUFFICIENT_DATA',
  StateReason: 'The embedded CloudWatch does not evaluate alarms.',
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.updatedAtMs),
});
