import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { beforeAll, expect, test } from 'vitest';
import { propertyErrors } from './support/check-properties.ts';
import { type Synthesized, synthesized, type Template } from './support/synthesized.ts';

const specification = loadAwsServiceSpecSync();
const definitionOf = (type: string) => specification.lookup('resource', 'cloudFormationType', 'equals', type)[0];

let dedicated: Synthesized;
let shared: Synthesized;

beforeAll(async () => {
  dedicated = await synthesized();
  shared = await synthesized({
    knowledgeIsolation: 'shared',
    alarmEmail: 'operator@example.com',
    allowedOrigins: ['https://app.example.com'],
  });
});

/** The CDK's way of putting files into a bucket: the dashboard's, and nothing else (docs/adr/0050-the-dashboard-has-one-origin.md). */
const FILES_OF_THE_DASHBOARD = 'Custom::CDKBucketDeployment';

const errorsOf = ({ Resources }: Template): string[] =>
  Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type === FILES_OF_THE_DASHBOARD) return [];
    const definition = definitionOf(Type);
    if (!definition) return [`${id}: CloudFormation has no type ${Type}`];
    return propertyErrors(Properties, definition, specification).map((error) => `${id} (${Type})${error}`);
  });

test('every property of every resource is one that CloudFormation knows, of the type it wants', () => {
  const templates = [dedicated.data, dedicated.app, shared.data, shared.app];
  expect(templates.flatMap(errorsOf)).toEqual([]);
  expect(Object.keys(dedicated.app.Resources).length).toBeGreaterThan(150);
});

test('the check sees an unknown property, a wrong type, a value not allowed and what is missing', () => {
  const broken = {
    TableName: 5,
    KeySchema: [{ AttributeName: 'a', KeyType: 'BOTH' }],
    Colour: 'red',
    DeletionProtectionEnabled: 'maybe',
  };
  const table = definitionOf('AWS::DynamoDB::Table');
  const role = definitionOf('AWS::IAM::Role');
  expect(table && propertyErrors(broken, table, specification)).toEqual(
    expect.arrayContaining(['.Colour: unknown property', '.DeletionProtectionEnabled: not a boolean']),
  );
  expect(role && propertyErrors({}, role, specification)).toEqual(['.AssumeRolePolicyDocument: required']);
});

test('no reference dangles, within a stack or between the two', () => {
  const exportsOf = Object.values(dedicated.data.Outputs ?? {}).map(
    (output) => (output as { Export?: { Name: string } }).Export?.Name,
  );
  for (const template of [dedicated.data, dedicated.app]) {
    const known = new Set([...Object.keys(template.Resources), ...Object.keys(template.Parameters ?? {})]);
    const dangling: string[] = [];
    JSON.stringify(template, (key, value) => {
      if (key === 'Ref' && !String(value).startsWith('AWS::') && !known.has(value)) dangling.push(`Ref ${value}`);
      if (key === 'Fn::GetAtt' && !known.has(value[0])) dangling.push(`GetAtt ${value}`);
      if (key === 'Fn::ImportValue' && !exportsOf.includes(value))
        dangling.push(`ImportValue ${JSON.stringify(value)}`);
      return value;
    });
    expect(dangling).toEqual([]);
  }
});

test('nothing but the dashboard’s files is deployed by code of ours or of the CDK that runs in the account', () => {
  const custom = [dedicated, shared].map(({ data, app }) =>
    [data, app]
      .flatMap(({ Resources }) => Object.entries(Resources))
      .filter(([, { Type }]) => Type.startsWith('Custom::') || Type === 'AWS::CloudFormation::CustomResource')
      .map(([id, { Type }]) => [id.replace(/CustomResource.*/, ''), Type]),
  );
  const files = [
    ['DashboardFilesAssets', FILES_OF_THE_DASHBOARD],
    ['DashboardFilesPage', FILES_OF_THE_DASHBOARD],
  ];
  expect(custom).toEqual([files, files]);
});

test('the outputs are those that docs/deploy.md and the tests of a deployed stage read', () => {
  const ours = ({ Outputs = {} }: Template) => Object.keys(Outputs).filter((name) => !name.startsWith('Exports'));
  expect([ours(dedicated.data), ours(dedicated.app)]).toEqual([
    ['UserPoolId', 'UserPoolClientId'],
    [
      'DashboardUrl',
      'DashboardClientId',
      'SignInUrl',
      'ApiUrl',
      'WebSocketUrl',
      'StateMachineArn',
      'RetireStateMachineArn',
    ],
  ]);
});
