import type { StoredManagedPolicy } from './identities.ts';

const managed = (policyName: string, path: string, actions: readonly string[]): StoredManagedPolicy => ({
  policyName,
  policyId: `ANPA${policyName.toUpperCase().slice(0, 17)}`,
  path,
  arn: `arn:aws:iam::aws:policy${path}${policyName}`,
  document: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  }),
  createdAt: Date.UTC(2015, 3, 9),
});

/** The policies of AWS that CDK attaches by itself (AWS Managed Policy Reference, 2026-11). */
export const AWS_MANAGED_POLICIES: ReadonlyMap<string, StoredManagedPolicy> = new Map(
  [
    managed('AWSLambdaBasicExecutionRole', '/service-role/', [
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]),
    managed('AWSXRayDaemonWriteAccess', '/', [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ]),
    managed('AmazonAPIGatewayPushToCloudWatchLogs', '/service-role/', [
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'logs:GetLogEvents',
      'logs:FilterLogEvents',
    ]),
  ].map((policy) => [policy.arn, policy]),
);
