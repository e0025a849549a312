import type { DeclaredResource } from '../core/service.ts';

/** What `Ref` and `Fn::GetAtt` give of a resource that nothing in the embedded cloud acts on. */
export interface Standing {
  readonly ref: string;
  readonly attributes: Record<string, string>;
}

type Describe = (resource: DeclaredResource, account: { accountId: string; region: string }) => Standing;

const named: Describe = ({ physicalName }) => ({ ref: physicalName, attributes: { Id: physicalName } });

const text = (resource: DeclaredResource, property: string): string => {
  const value = resource.properties[property];
  return typeof value === 'string' ? value : resource.physicalName;
};

const logGroup: Describe = (resource, { accountId, region }) => {
  const name = text(resource, 'LogGroupName');
  return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
};

const alarm =
  (property: string): Describe =>
  (resource, { accountId, region }) => {
    const name = text(resource, property);
    return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
  };

/**
 * Types of the template without an effect at run time here: they watch, describe or guard the real thing.
 * A service that serves one of them takes precedence. Any other type without a service fails the start by its name.
 */
export const INERT_TYPES: Readonly<Record<string, Describe>> = {
  'AWS::ApiGateway::Account': named,
  'AWS::CDK::Metadata': named,
  'AWS::CloudWatch::Alarm': alarm('AlarmName'),
  'AWS::CloudWatch::CompositeAlarm': alarm('AlarmName'),
  'AWS::CloudWatch::Dashboard': named,
  'AWS::Lambda::LayerVersion': named,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Logs::MetricFilter': named,
  'AWS::Logs::ResourcePolicy': named,
  'AWS::S3::BucketPolicy': named,
  'AWS::SQS::QueuePolicy': named,
  'AWS::SNS::TopicPolicy': named,
  'AWS::SNS::Subscription': named,
  'AWS::XRay::ResourcePolicy': named,
};
