import { Stack, Tags } from 'aws-cdk-lib';
import {
  CfnContactFlow,
  CfnHoursOfOperation,
  CfnInstance,
  CfnIntegrationAssociation,
  CfnQueue,
} from 'aws-cdk-lib/aws-connect';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { handoffFlow } from '../../shared/connect/flow/contact-flows.ts';
import type { ConnectConfig, StageConfig } from '../config.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import { stageTags } from '../kernel/tags.ts';

export interface ConnectInstanceProps {
  readonly config: StageConfig;
  readonly connect: ConnectConfig;
}

const WEEK = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

/**
 * The Amazon Connect instance that all agents of a stage share, one that exists or one that is made (an account may have
 * two), with the hours in which people answer, their queue, and the flow that leads chats from elsewhere there
 * (docs/adr/0041-one-connect-instance-a-stage.md).
 */
export class ConnectInstance extends Construct {
  readonly instanceArn: string;
  readonly hoursOfOperationArn: string;
  readonly queueArn: string;
  readonly handoffFlowArn: string;

  constructor(scope: Construct, id: string, { config, connect }: ConnectInstanceProps) {
    super(scope, id);
    const { prefix } = config;
    const tags = Object.entries(stageTags(config, 'connect')).map(([key, value]) => ({ key, value }));
    this.instanceArn = connect.instanceArn ?? this.#made(prefix, tags);
    const instanceArn = this.instanceArn;
    const hours = new CfnHoursOfOperation(this, 'Hours', {
      instanceArn,
      name: `${prefix}-hours`,
      description: 'When people answer; agents answer always.',
      timeZone: connect.hours.timeZone,
      config: WEEK.filter((day) => connect.hours.days.includes(day)).map((day) => ({
        day,
        startTime: timeOf(connect.hours.opens),
        endTime: timeOf(connect.hours.closes),
      })),
      tags,
    });
    this.hoursOfOperationArn = hours.attrHoursOfOperationArn;
    const queue = new CfnQueue(this, 'Queue', {
      instanceArn,
      name: `${prefix}-people`,
      description: 'Customers whom an agent hands over.',
      hoursOfOperationArn: this.hoursOfOperationArn,
      tags,
    });
    this.queueArn = queue.attrQueueArn;
    const { hoursOfOperationArn, queueArn } = this;
    const flow = new CfnContactFlow(this, 'Handoff', {
      instanceArn,
      name: `${prefix}-handoff`,
      description: 'Leads chats that began elsewhere to people.',
      type: 'CONTACT_FLOW',
      content: Stack.of(this).toJsonString(handoffFlow({ hoursOfOperationArn, queueArn })),
      tags,
    });
    this.handoffFlowArn = flow.attrContactFlowArn;
    Tags.of(this).add('resourceType', 'connect');
  }

  /** Lets flows of the instance call a function. */
  integrate(fn: OratioFunction): void {
    const permission = new CfnPermission(this, `${fn.node.id}Permission`, {
      action: 'lambda:InvokeFunction',
      functionName: fn.lambda.functionArn,
      principal: 'connect.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: this.instanceArn,
    });
    const association = new CfnIntegrationAssociation(this, `${fn.node.id}Association`, {
      instanceId: this.instanceArn,
      integrationType: 'LAMBDA_FUNCTION',
      integrationArn: fn.lambda.functionArn,
    });
    association.node.addDependency(permission);
  }

  #made(prefix: string, tags: { key: string; value: string }[]): string {
    const instance = new CfnInstance(this, 'Instance', {
      identityManagementType: 'CONNECT_MANAGED',
      instanceAlias: `${prefix}-${Stack.of(this).account}`,
      attributes: { inboundCalls: true, outboundCalls: true, contactflowLogs: true },
      tags,
    });
    return instance.attrArn;
  }
}

/** `09:30`, as Connect takes it. */
const timeOf = (clock: string): { hours: number; minutes: number } => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { hours, minutes };
};
