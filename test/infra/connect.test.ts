import { beforeAll, describe, expect, it } from 'vitest';
import { flowProblems } from '../../shared/connect/flow/validate-flow.ts';
import { CONNECT_NEEDS } from './support/connect-needs.ts';
import { functionPolicies } from './support/policies.ts';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';

const EXISTING = 'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666';
const OF_EVERY_FUNCTION = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const typesOf = ({ app }: Synthesized): string[] => Object.values(app.Resources).map(({ Type }) => Type);

/** The text of a template's value, its references as plausible ARNs. */
const resolved = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as Record<string, unknown>)[0] ?? ['', ''];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(resolved).join('');
  return `${EXISTING}/part/1`;
};

describe('Amazon Connect of a stage', () => {
  let made: Synthesized;
  let existing: Synthesized;
  let off: Synthesized;
  beforeAll(async () => {
    made = await synthesized({ connect: {} });
    existing = await synthesized({ connect: { instanceArn: EXISTING } });
    off = await synthesized({ connect: undefined });
  });

  it('is not there unless the stage asks for it', () => {
    expect(typesOf(off).filter((type) => type.startsWith('AWS::Connect'))).toEqual([]);
  });

  it('is one instance, made or already there, with hours, a queue, the hand-off and the function, all tagged', () => {
    const count = (stage: Synthesized) =>
      Object.fromEntries(
        Object.entries(Object.groupBy(typesOf(stage), (type) => type)).flatMap(([type, all = []]) =>
          type.startsWith('AWS::Connect') ? [[type, all.length]] : [],
        ),
      );
    const parts = {
      'AWS::Connect::ContactFlow': 1,
      'AWS::Connect::HoursOfOperation': 1,
      'AWS::Connect::IntegrationAssociation': 1,
      'AWS::Connect::Queue': 1,
    };
    const tagged = Object.values(made.app.Resources).filter(
      ({ Type, Properties }) => Type.startsWith('AWS::Connect') && Properties?.Tags,
    );
    expect({ made: count(made), existing: count(existing), tagged: tagged.length }).toEqual({
      made: { 'AWS::Connect::Instance': 1, ...parts },
      existing: parts,
      tagged: 4,
    });
  });

  it('leads chats from elsewhere by a flow that is right', () => {
    const [flow] = propertiesOf<{ Content: unknown }>('AWS::Connect::ContactFlow', made.app);
    expect(flowProblems(JSON.parse(resolved(flow?.Content)))).toEqual([]);
  });

  it('gives each function what its use case needs and nothing else', () => {
    const functions = functionPolicies(made.app).filter(({ name }) => name in CONNECT_NEEDS);
    const given = functions.map(({ name, statements }) => [
      name,
      [...new Set(statements.flatMap(({ actions }) => actions))]
        .filter((action) => !OF_EVERY_FUNCTION.includes(action))
        .toSorted(),
    ]);
    expect(Object.fromEntries(given)).toEqual(
      Object.fromEntries(
        Object.entries(CONNECT_NEEDS).map(([name, actions]) => [name, [...new Set(actions)].toSorted()]),
      ),
    );
  });

  it('lets only this instance call the function, and only this account’s Connect publish chats', () => {
    const permissions = propertiesOf<{ Principal: string; SourceArn?: unknown }>(
      'AWS::Lambda::Permission',
      existing.app,
    );
    expect(permissions.filter(({ Principal }) => Principal === 'connect.amazonaws.com')).toMatchObject([
      { SourceArn: EXISTING },
    ]);
  });
});
