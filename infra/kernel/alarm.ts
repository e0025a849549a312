import { Duration } from 'aws-cdk-lib';
import {
  Alarm as CloudWatchAlarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlarmProps {
  readonly name: string;
  /** What it means for people, in one sentence; the alarm's mail begins with it. */
  readonly impact: string;
  /** Anchor of the section in RUNBOOK.md; test/infra checks that it exists. */
  readonly runbook: string;
  readonly metric: IMetric;
  /** It rings at this value or above. */
  readonly threshold: number;
  /** How many of the last periods must be at the threshold. */
  readonly periods?: { readonly bad: number; readonly of: number };
  readonly topic: ITopic;
}

export const ALARM_PERIOD = Duration.minutes(5);

/** An alarm that tells whoever is woken what is broken for whom, and where the next step is written. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const alarm = new CloudWatchAlarm(this, 'Alarm', {
      alarmName: props.name,
      alarmDescription: `${props.impact} See RUNBOOK.md#${props.runbook}`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: props.periods?.bad ?? 1,
      evaluationPeriods: props.periods?.of ?? 1,
      // Silence is health here: metrics of calls have no data points while nobody calls.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(props.topic));
    alarm.addOkAction(new SnsAction(props.topic));
  }
}
