import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { deploy } from '../../../local/assembly/deploy.ts';
import { readAssembly } from '../../../local/assembly/read-assembly.ts';
import type { Template } from '../../../local/assembly/template.ts';
import type { DeclaredResource, ResourceProvider } from '../../../local/core/service.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

/** Writes an assembly of the given stacks with one asset (`code`, key `abc.zip`). */
function assemblyOf(stacks: Record<string, Template>): string {
  const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
  dirs.push(dir);
  const artifacts: Record<string, unknown> = {};
  for (const [name, template] of Object.entries(stacks)) {
    writeFileSync(join(dir, `${name}.template.json`), JSON.stringify(template));
    artifacts[name] = { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.template.json` } };
  }
  mkdirSync(join(dir, 'asset.code'));
  const file = { source: { path: 'asset.code' }, destinations: { here: { bucketName: 'b', objectKey: 'abc.zip' } } };
  writeFileSync(join(dir, 'x.assets.json'), JSON.stringify({ files: { abc: file } }));
  artifacts['x.assets'] = { type: 'cdk:asset-manifest', properties: { file: 'x.assets.json' } };
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ version: '1', artifacts }));
  return dir;
}

/** Deploys with one provider that records what it is given. */
async function deployed(stacks: Record<string, Template>) {
  const made: Pick<DeclaredResource, 'logicalId' | 'properties'>[] = [];
  const thing: ResourceProvider = {
    type: 'Test::Thing',
    ensure: async ({ logicalId, properties, physicalName }) => {
      made.push({ logicalId, properties });
      return { ref: physicalName, attributes: { Arn: `arn:${logicalId}` } };
    },
  };
  const assembly = readAssembly(assemblyOf(stacks));
  const { outputs } = await deploy({ assembly, providers: [thing], accountId: '111122223333', region: 'us-east-1' });
  return { made, outputs };
}

const thing = (Properties: object = {}, more: object = {}) => ({ Type: 'Test::Thing', Properties, ...more });

test('resources are made after what they refer to, across stacks, with every intrinsic resolved', async () => {
  const app = {
    Mappings: { Sizes: { 'us-east-1': { small: 3 } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    },
    Resources: {
      Last: thing({
        arn: { 'Fn::GetAtt': ['First', 'Arn'] },
        sub: { 'Fn::Sub': ['${AWS::AccountId}/${First.Arn}/${x}/${!Literal}', { x: { Ref: 'AWS::Region' } }] },
        join: { 'Fn::Join': ['-', ['a', { Ref: 'First' }]] },
        part: { 'Fn::Select': [1, { 'Fn::Split': ['|', 'a|b|c'] }] },
        imported: { 'Fn::ImportValue': 'Data:TableArn' },
        mapped: { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] },
        chosen: { 'Fn::If': ['Yes', 'this', 'that'] },
        absent: { 'Fn::If': ['No', 'this', { Ref: 'AWS::NoValue' }] },
      }),
      Never: thing({}, { Condition: 'No' }),
      Meta: { Type: 'AWS::CDK::Metadata' },
      First: thing({}, { DependsOn: ['Middle'] }),
      Middle: thing(),
    },
    Outputs: { LastName: { Value: { Ref: 'Last' } } },
  } as unknown as Template;
  const data = {
    Resources: { Table: thing() },
    Outputs: { TableArn: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] }, Export: { Name: 'Data:TableArn' } } },
  } as unknown as Template;
  const { made, outputs } = await deployed({ App: app, Data: data });
  const order = made.map(({ logicalId }) => logicalId);
  expect({ order: order.filter((id) => id !== 'Table'), last: made.at(-1), outputs }).toEqual({
    order: ['Middle', 'First', 'Last'],
    last: {
      logicalId: 'Last',
      properties: {
        arn: 'arn:First',
        sub: '111122223333/arn:First/us-east-1/${Literal}',
        join: 'a-App-First',
        part: 'b',
        imported: 'arn:Table',
        mapped: 3,
        chosen: 'this',
      },
    },
    outputs: { LastName: 'App-Last', TableArn: 'arn:Table' },
  });
});

test('an unserved type, a dangling reference and a circle stop the start by name', async () => {
  const reason = (Resources: object) =>
    deployed({ App: { Resources } as Template }).then(
      () => 'deployed',
      (error: Error) => error.message,
    );
  expect([
    await reason({ Cluster: { Type: 'AWS::ECS::Cluster' } }),
    await reason({ A: thing({ b: { Ref: 'B' } }) }),
    await reason({ A: thing({ b: { Ref: 'B' } }), B: thing({ a: { 'Fn::Sub': '${A.Arn}' } }) }),
    await reason({ A: thing({ b: { 'Fn::Cidr': ['x'] } }) }),
  ]).toEqual([
    'The embedded cloud does not serve AWS::ECS::Cluster (Cluster of App).',
    'App refers to B, which it does not declare.',
    'Resources wait for one another: App/A → App/B → App/A',
    'The embedded cloud does not know the intrinsic function Fn::Cidr.',
  ]);
});

test('an asset is found by its key', () => {
  const assembly = readAssembly(assemblyOf({}));
  expect([assembly.assetPath('any', 'abc.zip')?.endsWith('asset.code'), assembly.assetPath('b', 'none')]).toEqual([
    true,
    undefined,
  ]);
});
