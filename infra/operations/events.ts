import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import type { Workflow } from '../provisioning/workflow.ts';
import type { Stores } from '../stores/stores.ts';
import type { DeadLetters } from './dead-letters.ts';

export interface EventsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly acceptUpload: OratioFunction;
  readonly recordProgress: OratioFunction;
  readonly workflows: readonly Workflow[];
  readonly deadLetters: DeadLetters;
}

/** What happens without a request: a posted file arrives, an execution ends badly. */
export class Events extends Construct {
  constructor(scope: Construct, id: string, props: EventsProps) {
    super(scope, id);
    const { config, stores, deadLetters } = props;
    const rule = (name: string, ruleName: string, eventPattern: EventPattern, fn: OratioFunction) =>
      new Rule(this, name, { ruleName: `${config.prefix}-${ruleName}`, eventPattern }).addTarget(
        new LambdaTarget(fn.lambda, {
          deadLetterQueue: deadLetters.queue,
          retryAttempts: 8,
          maxEventAge: Duration.hours(2),
        }),
      );
    // Only forms that browsers and clients post: files stored by create-agent itself arrive with its request.
    const posted = { bucket: { name: [stores.knowledge.bucket.bucketName] }, reason: ['POST Object'] };
    rule(
      'Uploads',
      'uploads',
      { source: ['aws.s3'], detailType: ['Object Created'], detail: posted },
      props.acceptUpload,
    );
    const ended = {
      stateMachineArn: props.workflows.map(({ stateMachine }) => stateMachine.stateMachineArn),
      status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
    };
    rule(
      'BadEnds',
      'bad-ends',
      { source: ['aws.states'], detailType: ['Step Functions Execution Status Change'], detail: ended },
      props.recordProgress,
    );
  }
}
