import { App, Stack } from 'aws-cdk-lib';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { stageConfig } from '../../infra/config.ts';
import { ConnectInstance } from '../../infra/connect/connect-instance.ts';
import { flowProblems } from '../../shared/connect/flow/validate-flow.ts';
import { CONNECT_NEEDS } from './support/connect-needs.ts';
import { functionPolicies } from './support/policies.ts';
import { propertiesOf, type Synthesized, synthesized, type Template } from './support/synthesized.ts';

const EXISTING = 'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666';

/** The text of a template's value, its references as plausible ARNs. */
const resolved = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as Record<string, unknown>)[0] ?? ['', ''];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(resolved).join('');
  return `${EXISTING}/part/1`;
};

/** The instance alone, of a stage that names one. */
const existing = (): Template => {
  const context = { stage: 'dev', stages: { dev: { connect: { instanceArn: EXISTING } } } };
  const config = stageConfig(context, () => 'abcdef', Date.UTC(2026, 10, 21));
  const stack = new Stack(new App(), 'Stack');
  if (config.connect !== undefined) new ConnectInstance(stack, 'Connect', { config, connect: config.connect });
  return Assertions.fromStack(stack).toJSON() as Template;
};

describe('Amazon Connect of a stage', () => {
  let made: Synthesized;
  beforeAll(async () => {
    made = await synthesized();
  });

  it('is one instance, made or already there, with hours, a queue, the hand-off and the function, all tagged', () => {
    const count = (template: Template) =>
      Object.values(template.Resources)
        .filter(({ Type }) => Type.startsWith('AWS::Connect'))
        .map(({ Type, Properties }) => `${Type.slice(14)}${Properties?.Tags === undefined ? '' : ', tagged'}`)
        .toSorted();
    const parts = ['ContactFlow, tagged', 'HoursOfOperation, tagged'];
    expect({ made: count(made.app), existing: count(existing()) }).toEqual({
      made: [...parts, 'Instance, tagged', 'IntegrationAssociation, tagged', 'Queue, tagged'],
      existing: [...parts, 'Queue, tagged'],
    });
  });

  it('leads chats from elsewhere by a flow that is right', () => {
    const [flow] = propertiesOf<{ Content: unknown }>('AWS::Connect::ContactFlow', made.app);
    expect(flowProblems(JSON.parse(resolved(flow?.Content)))).toEqual([]);
  });

  it('is asked for nothing by anybody in a stage without it', async () => {
    const { app } = await synthesized({ connect: undefined });
    const types = Object.values(app.Resources).map(({ Type }) => Type);
    const functions = functionPolicies(app);
    const actions = functions.flatMap(({ statements }) => statements.flatMap((one) => one.actions));
    expect({
      resources: types.filter((type) => type.startsWith('AWS::Connect')),
      functions: functions.map(({ name }) => name).filter((name) => name in CONNECT_NEEDS),
      actions: actions.filter((action) => /^(?:connect|ds|sms-voice):/.test(action)),
    }).toEqual({ resources: [], functions: [], actions: [] });
  });

  it('lets only this instance call the function', () => {
    const permissions = propertiesOf<{ Principal: string; SourceArn?: unknown }>('AWS::Lambda::Permission', made.app);
    expect(permissions.filter(({ Principal }) => Principal === 'connect.amazonaws.com')).toMatchObject([
      { SourceArn: { 'Fn::GetAtt': [expect.stringContaining('Instance'), 'Arn'] } },
    ]);
  });
});
