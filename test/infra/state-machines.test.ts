import { createRequire } from 'node:module';
import { beforeAll, expect, test } from 'vitest';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';

interface StateMachine {
  readonly StateMachineName: string;
  readonly DefinitionString: string;
  readonly DefinitionSubstitutions: Readonly<Record<string, unknown>>;
  readonly LoggingConfiguration: { readonly Level: string; readonly IncludeExecutionData: boolean };
}

const validate = createRequire(import.meta.url)('asl-validator') as (definition: object) => {
  readonly isValid: boolean;
  readonly errors: readonly unknown[];
};

let stage: Synthesized;
let machines: readonly StateMachine[];

beforeAll(async () => {
  stage = await synthesized();
  machines = propertiesOf<StateMachine>('AWS::StepFunctions::StateMachine', stage.app);
});

/** As Step Functions gets it: CloudFormation puts the values in. */
const definitionOf = ({ DefinitionString, DefinitionSubstitutions }: StateMachine) =>
  JSON.parse(
    DefinitionString.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = DefinitionSubstitutions[name];
      if (value === undefined) throw new Error(`Nothing is put in for ${name}.`);
      return typeof value === 'string' ? value : `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
    }),
  );

test('both definitions are valid Amazon States Language', () => {
  expect(machines.map(({ StateMachineName }) => StateMachineName)).toEqual([
    'oratio-dev-provision-agent',
    'oratio-dev-retire-agent',
  ]);
  expect(machines.flatMap((machine) => validate(definitionOf(machine)).errors)).toEqual([]);
});

test('the validator sees a state that leads nowhere', () => {
  const broken = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } };
  expect(validate(broken).isValid).toBe(false);
});

test('every value that is put in is used, and is the ARN of the function of that name', () => {
  const functionNames = new Map(
    Object.entries(stage.app.Resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id, { Properties }]) => [id, String(Properties?.FunctionName).replace('oratio-dev-', '')]),
  );
  const kebab = (state: string) => state.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
  const wrong = machines.flatMap(({ DefinitionString, DefinitionSubstitutions }) =>
    Object.entries(DefinitionSubstitutions).flatMap(([name, value]) => {
      if (!DefinitionString.includes(`\${${name}}`)) return [`${name} is not used`];
      if (name === 'PollSeconds') return [];
      const [id = ''] = (value as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
      return functionNames.get(id) === kebab(name.replace(/Arn$/, '')) ? [] : [`${name} is ${functionNames.get(id)}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('executions are logged without what they carry: SOPs and files are a tenant’s own', () => {
  expect(
    machines.map(({ LoggingConfiguration: { Level, IncludeExecutionData } }) => ({ Level, IncludeExecutionData })),
  ).toEqual(Array(2).fill({ Level: 'ALL', IncludeExecutionData: false }));
});
