import { Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ALARM_PERIOD, Alarm, type AlarmProps } from '../kernel/alarm.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import type { Workflow } from '../provisioning/workflow.ts';
import type { DeadLetters } from './dead-letters.ts';

export interface AlarmsProps {
  readonly config: StageConfig;
  readonly api: HttpApi;
  readonly provision: Workflow;
  readonly retire: Workflow;
  readonly deadLetters: DeadLetters;
  readonly voiceSession: OratioFunction;
  /** Of customers' messages. */
  readonly deadMessages: IQueue;
}

/** Alarms on symptoms that a tenant feels; causes are found in the runbook. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { config } = props;
    const topic = new Topic(this, 'Topic', { topicName: `${config.prefix}-alarms`, enforceSSL: true });
    // A topic with a policy of its own loses the one that lets the account's alarms in.
    const { account } = Stack.of(this);
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    if (config.alarmEmail) topic.addSubscription(new EmailSubscription(config.alarmEmail));
    for (const [name, alarm] of Object.entries(alarmsOf(props))) {
      new Alarm(this, name, { ...alarm, name: `${config.prefix}-${alarm.runbook}`, topic });
    }
  }
}

type AlarmSpec = Omit<AlarmProps, 'name' | 'topic'>;

const sumOf = (namespace: string, metricName: string, dimensionsMap: Record<string, string>) =>
  new Metric({ namespace, metricName, dimensionsMap, statistic: 'Sum', period: ALARM_PERIOD });

function alarmsOf(props: AlarmsProps): Record<string, AlarmSpec> {
  const { config, api, provision, retire, deadLetters, voiceSession, deadMessages } = props;
  return {
    WorkflowFailures: {
      impact: 'Agents that tenants asked for end in "failed", or changes to them are not applied.',
      runbook: 'workflow-failures',
      metric: failedExecutions(provision),
      threshold: 1,
    },
    RetirementFailures: {
      impact: 'Deleted agents leave something behind: an orphan that may cost money and hold tenant data.',
      runbook: 'retirement-failures',
      metric: failedExecutions(retire),
      threshold: 1,
    },
    ApiErrors: {
      impact: 'Callers of the API get 5xx answers.',
      runbook: 'api-5xx',
      metric: sumOf('AWS/ApiGateway', '5xx', { ApiId: api.apiId }),
      threshold: 5,
      periods: { bad: 2, of: 3 },
    },
    Throttles: {
      impact: 'Requests or workflow steps are turned away because the account has no free Lambda concurrency.',
      runbook: 'throttles',
      // Without dimensions this is the whole account's: its functions share one concurrency, and so one fate.
      metric: sumOf('AWS/Lambda', 'Throttles', {}),
      threshold: 1,
      periods: { bad: 2, of: 3 },
    },
    VoiceOwners: {
      impact: 'Calls lose whoever speaks in them: callers hear a bridge phrase, or nothing when it happens again.',
      runbook: 'voice-owners-failing',
      metric: sumOf('AWS/Lambda', 'Errors', { FunctionName: voiceSession.lambda.functionName }),
      threshold: 3,
    },
    VoiceLines: {
      impact: 'Callers wait in the queue or are told that all lines are busy.',
      runbook: 'voice-lines-exhausted',
      // Written by the gateway's log, in the embedded metric format.
      metric: sumOf('Oratio/Voice', 'CallersTurnedAway', { Stage: config.stage }),
      threshold: 5,
      periods: { bad: 2, of: 3 },
    },
    DeadLetters: {
      impact: 'Events are stuck: an uploaded file or a failed run went unnoticed and its agent waits.',
      runbook: 'dead-letters',
      metric: deadLetters.queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: ALARM_PERIOD,
      }),
      threshold: 1,
    },
    DeadMessages: {
      impact: 'Customers wrote and got no answer: their messages are kept, but nobody is working on them.',
      runbook: 'dead-messages',
      metric: deadMessages.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: ALARM_PERIOD }),
      threshold: 1,
    },
  };
}

/** Failed, timed out or aborted: an execution that a deletion stopped is aborted too, but by us, and is not counted. */
function failedExecutions({ stateMachine }: Workflow): MathExpression {
  return new MathExpression({
    expression: 'failed + timedOut',
    label: 'executions that ended badly',
    period: ALARM_PERIOD,
    usingMetrics: {
      failed: stateMachine.metricFailed({ period: ALARM_PERIOD }),
      timedOut: stateMachine.metricTimedOut({ period: ALARM_PERIOD }),
    },
  });
}
