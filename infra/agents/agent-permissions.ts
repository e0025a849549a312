import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Permission } from '../kernel/service-role.ts';

/** AgentCore of this account and region, and of no other: the confused deputy finds the door shut. */
export const agentCorePrincipal = (scope: Construct): ServicePrincipal => {
  const stack = Stack.of(scope);
  return new ServicePrincipal('bedrock-agentcore.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: {
        'aws:SourceArn': stack.formatArn({
          service: 'bedrock-agentcore',
          resource: '*',
          arnFormat: ArnFormat.NO_RESOURCE_NAME,
        }),
      },
    },
  });
};

/** Logs, traces and metrics of a runtime, as AgentCore's guide to execution roles lists them for code deployments. */
export const runtimeLogging = (scope: Construct): Permission[] => {
  const groups = (resourceName: string) =>
    Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return [
    { actions: ['logs:DescribeLogGroups'], resources: [groups('*')] },
    {
      actions: ['logs:CreateLogGroup', 'logs:DescribeLogStreams', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [groups('/aws/bedrock-agentcore/runtimes/*')],
    },
    {
      actions: [
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ],
      resources: ['*'],
    },
    {
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': 'bedrock-agentcore' } },
    },
  ];
};

/** Prefixes of cross-region inference profiles: such an id stands for the model in several regions. */
const PROFILE = /^(us|eu|apac|jp|au|ca|global)\./;

/**
 * What must be allowed to call a model. An inference profile needs itself and the foundation model in every region
 * it may route to, which Bedrock names with no region in advance.
 */
export const modelArns = (scope: Construct, modelId: string): string[] => {
  const stack = Stack.of(scope);
  const model = (region: string) =>
    stack.formatArn({
      service: 'bedrock',
      region,
      account: '',
      resource: 'foundation-model',
      resourceName: modelId.replace(PROFILE, ''),
    });
  if (!PROFILE.test(modelId)) return [model(stack.region)];
  return [stack.formatArn({ service: 'bedrock', resource: 'inference-profile', resourceName: modelId }), model('*')];
};

/** Every model of Bedrock's, in any region, and every inference profile of this account. */
export const allModelArns = (scope: Construct): string[] => {
  const bedrock = (resource: string, place: { readonly region?: string; readonly account?: string }) =>
    Stack.of(scope).formatArn({ service: 'bedrock', resource, resourceName: '*', ...place });
  return [bedrock('foundation-model', { region: '*', account: '' }), bedrock('inference-profile', {})];
};
