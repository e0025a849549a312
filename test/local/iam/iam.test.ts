import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failureOf, startAiCloud } from '../support/ai-cloud.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'bedrock-agentcore.amazonaws.com' }, Action: 'sts:AssumeRole' },
});
const allow = (Action: string, Resource: string, Condition?: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource, Condition }] });

let cloud: Awaited<ReturnType<typeof startAiCloud>>;
let iam: IAMClient;
beforeEach(async () => {
  cloud = await startAiCloud(() => []);
  iam = new IAMClient(cloud.settings);
});
afterEach(() => cloud.stop());

const provider = (type: string) => {
  const found = cloud.services[0]?.resources?.find((resource) => resource.type === type);
  if (found === undefined) throw new Error(`no provider for ${type}`);
  return (logicalId: string, properties: Parameters<typeof found.ensure>[0]['properties']) =>
    found.ensure({
      stackName: 'oratio',
      logicalId,
      physicalName: `oratio-${logicalId}`,
      type,
      properties,
      assetPath: () => undefined,
    });
};

test('a role is made, read, tagged and deleted only when its policies are gone', async () => {
  const RoleName = 'agent-1';
  const tags = [{ Key: 'userId', Value: 'u<1>' }];
  await iam.send(
    new CreateRoleCommand({ RoleName, Path: '/oratio/dev/agents/', AssumeRolePolicyDocument: TRUST, Tags: tags }),
  );
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: allow('s3:*', '*') }));
  await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'agentId', Value: 'a' }] }));

  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'own' }));
  const listed = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const tagged = await iam.send(new ListRoleTagsCommand({ RoleName }));
  const whileFull = await failureOf(iam.send(new DeleteRoleCommand({ RoleName })));
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' }));
  await iam.send(new DeleteRoleCommand({ RoleName }));

  expect({
    arn: Role?.Arn,
    trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
    policy: decodeURIComponent(policy.PolicyDocument ?? ''),
    policies: listed.PolicyNames,
    tags: tagged.Tags,
    whileFull,
    afterwards: await failureOf(iam.send(new GetRoleCommand({ RoleName }))),
  }).toEqual({
    arn: 'arn:aws:iam::111122223333:role/oratio/dev/agents/agent-1',
    trust: TRUST,
    policy: allow('s3:*', '*'),
    policies: ['own'],
    tags: [...tags, { Key: 'agentId', Value: 'a' }],
    whileFull: { name: 'DeleteConflictException', status: 409 },
    afterwards: { name: 'NoSuchEntityException', status: 404 },
  });
});

test('a name that is taken, a broken policy and a boundary that does not exist are refused', async () => {
  const create = (RoleName: string, more = {}) =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...more }));
  await create('taken');
  expect([
    await failureOf(create('taken')),
    await failureOf(create('broken', { AssumeRolePolicyDocument: '{' })),
    await failureOf(create('bounded', { PermissionsBoundary: 'arn:aws:iam::111122223333:policy/none' })),
  ]).toEqual([
    { name: 'EntityAlreadyExistsException', status: 409 },
    { name: 'MalformedPolicyDocumentException', status: 400 },
    { name: 'NoSuchEntityException', status: 404 },
  ]);
});

test('a deployer may make roles only with the boundary, and the boundary limits what the role may do', async () => {
  const boundary = await provider('AWS::IAM::ManagedPolicy')('Boundary', {
    ManagedPolicyName: 'agents-boundary',
    PolicyDocument: JSON.parse(allow('iam:GetRole', '*')),
  });
  const agents = 'arn:aws:iam::111122223333:role/agents/*';
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': boundary.ref } };
  const deployer = await provider('AWS::IAM::Role')('Deployer', { AssumeRolePolicyDocument: JSON.parse(TRUST) });
  await provider('AWS::IAM::Policy')('DeployerPolicy', {
    PolicyName: 'deploy',
    Roles: [deployer.ref],
    PolicyDocument: {
      Statement: [
        { Effect: 'Allow', Action: ['iam:CreateRole', 'iam:PutRolePolicy'], Resource: agents, Condition: bounded },
      ],
    },
  });
  const asDeployer = new IAMClient(await cloud.as(deployer.attributes.Arn ?? ''));
  const role = { RoleName: 'agent-2', Path: '/agents/', AssumeRolePolicyDocument: TRUST };
  const unbounded = await failureOf(asDeployer.send(new CreateRoleCommand(role)));
  await asDeployer.send(new CreateRoleCommand({ ...role, PermissionsBoundary: boundary.ref }));
  await asDeployer.send(
    new PutRolePolicyCommand({ RoleName: 'agent-2', PolicyName: 'own', PolicyDocument: allow('iam:*', '*') }),
  );
  const asAgent = new IAMClient(await cloud.as('arn:aws:iam::111122223333:role/agents/agent-2'));
  const { Role } = await asAgent.send(new GetRoleCommand({ RoleName: 'agent-2' }));
  expect({
    unbounded: unbounded.status,
    inside: Role?.RoleName,
    outside: (await failureOf(asAgent.send(new ListRolePoliciesCommand({ RoleName: 'agent-2' })))).status,
  }).toEqual({ unbounded: 403, inside: 'agent-2', outside: 403 });
});

test('declared again, a role has exactly the policies of its template', async () => {
  const declare = async (policyName: string) => {
    const role = await provider('AWS::IAM::Role')('Worker', {
      AssumeRolePolicyDocument: JSON.parse(TRUST),
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    });
    const policy = {
      PolicyName: policyName,
      Roles: [role.ref],
      PolicyDocument: JSON.parse(allow('s3:GetObject', '*')),
    };
    await provider('AWS::IAM::Policy')('WorkerPolicy', policy);
    return role.ref;
  };
  await declare('former');
  const RoleName = await declare('latter');
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  expect({ PolicyNames, inventory: await cloud.services[0]?.inventory?.() }).toEqual({
    PolicyNames: ['latter'],
    inventory: ['arn:aws:iam::111122223333:role/oratio-Worker'],
  });
});
