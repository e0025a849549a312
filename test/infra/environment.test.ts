import { App, Stack } from 'aws-cdk-lib';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { stageConfig } from '../../infra/config.ts';
import * as environments from '../../infra/environments.ts';
import { OratioFunction, seconds } from '../../infra/kernel/oratio-function.ts';
import { RateLimitEnv } from '../../shared/http/rate-limit.ts';
import { type FunctionPolicy, functionPolicies } from './support/policies.ts';
import { synthesized } from './support/synthesized.ts';

let functions: readonly FunctionPolicy[];

beforeAll(async () => {
  // The CDK's own function has no schema of ours.
  functions = functionPolicies((await synthesized()).app).filter(({ name }) => name !== 'deploy-dashboard');
});

const pascal = (name: string) => name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

test('every function gets the variables of its schema and no others', () => {
  // The media container is a service, not a function: its own construct checks its names.
  const { MediaServerEnv: _, ...ofFunctions } = environments;
  const schemas: Record<string, z.ZodObject> = ofFunctions;
  const differing = functions.flatMap(({ name, environment }) => {
    const wanted = Object.keys(schemas[`${pascal(name)}Env`]?.shape ?? { none: true }).toSorted();
    // What is around every use case that changes something.
    const given = Object.keys(environment)
      .filter((variable) => !(variable in RateLimitEnv.shape))
      .toSorted();
    return JSON.stringify(wanted) === JSON.stringify(given) ? [] : [{ name, wanted, given }];
  });
  expect(differing).toEqual([]);
  expect(functions).toHaveLength(Object.keys(schemas).length);
});

const validate = (schema: z.ZodObject, environment: Record<string, string>): string[] => {
  const stack = new Stack(new App(), 'Stack');
  const config = stageConfig({ stage: 'dev', stages: { dev: {} } }, () => 'abc', Date.UTC(2026, 10, 21));
  const name = 'get-agent';
  return new OratioFunction(stack, 'Function', {
    config,
    name,
    schema,
    environment,
    timeout: seconds(1),
  }).node.validate();
};

test('a name that nobody supplied, a wrong value and a name too many each fail the synthesis', () => {
  const schema = z.object({ TABLE: z.string().min(1), DAYS: z.coerce.number<string>().int() });
  expect(validate(schema, { TABLE: 'rows', DAYS: '30' })).toEqual([]);
  expect(validate(schema, { DAYS: 'many', COLOUR: 'red' })).toEqual([
    'get-agent: COLOUR is not in its schema',
    expect.stringMatching(/^get-agent: TABLE: /),
    expect.stringMatching(/^get-agent: DAYS: /),
  ]);
});
