import { beforeAll, describe, expect, it } from 'vitest';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';

const container = {
  domainName: 'media.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
};

const typesOf = ({ app }: Synthesized): string[] => Object.values(app.Resources).map(({ Type }) => Type);

const phoneVariables = ({ app }: Synthesized) =>
  propertiesOf<{ FunctionName: string; Environment: { Variables: Record<string, unknown> } }>(
    'AWS::Lambda::Function',
    app,
  ).find(({ FunctionName }) => FunctionName.endsWith('answer-phone-call'))?.Environment.Variables;

describe('the media container', () => {
  let off: Synthesized;
  let on: Synthesized;
  beforeAll(async () => {
    off = await synthesized();
    on = await synthesized({ mediaContainer: container });
  });

  it('is not there, and costs nothing, unless the stage asks for it', () => {
    expect(typesOf(off).filter((type) => /AWS::(EC2|ECS|ElasticLoadBalancing)/.test(type))).toEqual([]);
  });

  it('is what TwiML names once it is there', () => {
    expect(phoneVariables(off)?.PUBLIC_WEBSOCKET_URL).not.toBe('wss://media.example.com/twilio');
    expect(phoneVariables(on)?.PUBLIC_WEBSOCKET_URL).toBe('wss://media.example.com/twilio');
  });

  it('has no NAT gateway, keeps silent sockets, takes TLS only, and runs on ARM', () => {
    expect(typesOf(on)).not.toContain('AWS::EC2::NatGateway');
    expect(propertiesOf('AWS::ElasticLoadBalancingV2::LoadBalancer', on.app)).toMatchObject([
      {
        Scheme: 'internet-facing',
        LoadBalancerAttributes: expect.arrayContaining([{ Key: 'idle_timeout.timeout_seconds', Value: '4000' }]),
      },
    ]);
    expect(propertiesOf('AWS::ElasticLoadBalancingV2::Listener', on.app)).toMatchObject([
      { Port: 443, Protocol: 'HTTPS', Certificates: [{ CertificateArn: container.certificateArn }] },
    ]);
    expect(propertiesOf('AWS::ECS::TaskDefinition', on.app)).toMatchObject([
      {
        Cpu: '1024',
        Memory: '2048',
        RuntimePlatform: { CpuArchitecture: 'ARM64' },
        ContainerDefinitions: [{ StopTimeout: 120, ReadonlyRootFilesystem: true }],
      },
    ]);
  });

  it('grows with the calls of its tasks', () => {
    expect(propertiesOf('AWS::ApplicationAutoScaling::ScalingPolicy', on.app)).toMatchObject([
      {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 50,
          CustomizedMetricSpecification: { Namespace: 'Oratio/Voice', MetricName: 'MediaCalls' },
        },
      },
    ]);
  });

  it('may do what an owner of calls does, redeem tokens and protect itself; nothing else', () => {
    const policies = propertiesOf<{
      PolicyName: string;
      PolicyDocument: { Statement: { Action: string | string[] }[] };
    }>('AWS::IAM::Policy', on.app);
    const actions = policies
      .filter(({ PolicyName }) => PolicyName.startsWith('MediaTaskTaskRole'))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action));
    expect([...new Set(actions)].sort()).toEqual([
      'bedrock-agentcore:InvokeAgentRuntime',
      'bedrock:InvokeModel',
      'bedrock:InvokeModelWithBidirectionalStream',
      'bedrock:InvokeModelWithResponseStream',
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'ecs:GetTaskProtection',
      'ecs:UpdateTaskProtection',
      'execute-api:ManageConnections',
      'kms:Decrypt',
      'kms:Encrypt',
      'lambda:InvokeFunction',
      'polly:SynthesizeSpeech',
      's3:PutObject',
      's3:PutObjectTagging',
      'secretsmanager:GetSecretValue',
      'transcribe:StartStreamTranscription',
    ]);
  });
});
