import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCloudWatch } from '../../../local/services/cloudwatch/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
beforeEach(async () => {
  cloud = await startEmbedded((context) => ({ cloudwatch: makeCloudWatch(context) }));
});
afterEach(() => cloud.stop());

describe('the embedded CloudWatch', () => {
  it('shows declared alarms and the metrics that were put', async () => {
    const cloudwatch = new CloudWatchClient({ ...cloud.aws, maxAttempts: 1 });
    const properties = {
      AlarmName: 'api-5xx',
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
    };
    await cloud.declare('AWS::CloudWatch::Alarm', 'Api', properties);
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'Oratio',
        MetricData: [{ MetricName: 'runs', Value: 1, Dimensions: [{ Name: 'stage', Value: 'dev' }] }],
      }),
    );
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'api' }));
    const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Oratio' }));
    expect({
      alarms: MetricAlarms?.map(({ AlarmName, Threshold, StateValue }) => [AlarmName, Threshold, StateValue]),
      Metrics,
    }).toEqual({
      alarms: [['api-5xx', 5, 'INSUFFICIENT_DATA']],
      Metrics: [{ Namespace: 'Oratio', MetricName: 'runs', Dimensions: [{ Name: 'stage', Value: 'dev' }] }],
    });
  });
});
