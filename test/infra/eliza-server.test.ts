import { beforeAll, describe, expect, it } from 'vitest';
import { propertiesOf, type Synthesized, synthesized, type Template } from './support/synthesized.ts';

const elizaos = {
  secretName: 'oratio-dev/eliza',
  domainName: 'eliza.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
  modelId: 'gpt-4.1-mini',
};

/** Who speaks with the server. */
const ASKING = ['answer-customer-message', 'answer-eliza-webhook', 'deploy-social-channel', 'retire-channels'];

interface Lambda {
  readonly FunctionName: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly VpcConfig?: { readonly SubnetIds: readonly unknown[]; readonly SecurityGroupIds: readonly unknown[] };
}

const lambdas = ({ app }: Synthesized) => propertiesOf<Lambda>('AWS::Lambda::Function', app);
const typesOf = ({ app }: Synthesized): string[] => Object.values(app.Resources).map(({ Type }) => Type);
const nameOf = ({ FunctionName }: Lambda): string => FunctionName.replace('oratio-dev-', '');

describe('the ElizaOS server', () => {
  let off: Synthesized;
  let on: Synthesized;
  let stack: Template;
  beforeAll(async () => {
    off = await synthesized();
    on = await synthesized({ elizaos });
    stack = on.eliza ?? { Resources: {} };
  });

  it('is not there, and costs nothing, unless the stage asks for it', () => {
    expect(off.eliza).toBeUndefined();
    expect(typesOf(off).filter((type) => /AWS::(EC2|ECS|ElasticLoadBalancing|Route53)/.test(type))).toEqual([]);
    const told = lambdas(off).filter(({ Environment }) => Environment?.Variables.ELIZA_API_URL !== undefined);
    expect(Object.fromEntries(told.map((fn) => [nameOf(fn), fn.Environment?.Variables.ELIZA_API_URL]))).toEqual(
      Object.fromEntries(ASKING.map((name) => [name, ''])),
    );
  });

  it('is one task in private subnets that nothing is installed into', () => {
    expect(propertiesOf('AWS::ECS::Service', stack)).toMatchObject([
      {
        DesiredCount: 1,
        DeploymentConfiguration: { MaximumPercent: 100, MinimumHealthyPercent: 0 },
        NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
      },
    ]);
    const [task] = propertiesOf<{
      ContainerDefinitions: {
        ReadonlyRootFilesystem: boolean;
        Secrets: { Name: string }[];
        Environment: { Name: string }[];
      }[];
    }>('AWS::ECS::TaskDefinition', stack);
    const [server] = task?.ContainerDefinitions ?? [];
    expect({
      isReadOnly: server?.ReadonlyRootFilesystem,
      secrets: server?.Secrets.map(({ Name }) => Name),
      plain: server?.Environment.map(({ Name }) => Name).sort(),
    }).toEqual({
      isReadOnly: true,
      secrets: ['ELIZA_SERVER_AUTH_TOKEN', 'SECRET_SALT', 'OPENAI_API_KEY'],
      plain: ['OPENAI_BASE_URL', 'OPENAI_EMBEDDING_MODEL', 'OPENAI_LARGE_MODEL', 'OPENAI_SMALL_MODEL', 'SERVER_HOST'],
    });
  });

  it('is reached by TLS, by the functions that ask it, and by nobody else', () => {
    expect(propertiesOf('AWS::ElasticLoadBalancingV2::LoadBalancer', stack)).toMatchObject([{ Scheme: 'internal' }]);
    expect(propertiesOf('AWS::ElasticLoadBalancingV2::Listener', stack)).toMatchObject([
      { Port: 443, Protocol: 'HTTPS' },
    ]);
    const ingress = propertiesOf<{ FromPort: number; SourceSecurityGroupId?: unknown; CidrIp?: string }>(
      'AWS::EC2::SecurityGroupIngress',
      stack,
    );
    expect(ingress.map(({ FromPort, CidrIp }) => `${FromPort} ${CidrIp ?? 'a group'}`).sort()).toEqual([
      '3000 a group',
      '443 a group',
    ]);
    const inside = lambdas(on).filter(({ VpcConfig }) => VpcConfig !== undefined);
    expect(inside.map(nameOf).sort()).toEqual(ASKING);
    expect(new Set(inside.map((fn) => fn.Environment?.Variables.ELIZA_API_URL))).toEqual(
      new Set(['https://eliza.example.com']),
    );
  });
});
