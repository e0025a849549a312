import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly MetricName?: string;
  readonly Metrics?: readonly unknown[];
}

let stage: Synthesized;
let alarms: readonly Alarm[];

beforeAll(async () => {
  stage = await synthesized();
  alarms = propertiesOf<Alarm>('AWS::CloudWatch::Alarm', stage.app);
});

/** The sections of RUNBOOK.md by their anchor. */
const sections = (): Map<string, string> => {
  const [, ...parts] = readFileSync('RUNBOOK.md', 'utf8').split(/^## /m);
  return new Map(parts.map((part) => [part.split('\n')[0]?.trim().toLowerCase().replaceAll(' ', '-') ?? '', part]));
};

test('there is an alarm for each symptom', () => {
  expect(alarms.map(({ AlarmName }) => AlarmName.replace('oratio-dev-', '')).toSorted()).toEqual([
    'api-5xx',
    'dead-letters',
    'dead-messages',
    'retirement-failures',
    'throttles',
    'voice-lines-exhausted',
    'voice-owners-failing',
    'workflow-failures',
  ]);
});

test('each alarm tells its impact, leads to its section of the runbook and reaches somebody', () => {
  const runbook = sections();
  for (const { AlarmName, AlarmDescription, AlarmActions } of alarms) {
    const [, impact, anchor] = /^(.+\.) See RUNBOOK\.md#([a-z0-9-]+)$/.exec(AlarmDescription) ?? [];
    const section = runbook.get(anchor ?? '');
    expect(impact?.length, AlarmName).toBeGreaterThan(20);
    expect(section, `${AlarmName}: RUNBOOK.md has no section "${anchor}"`).toBeDefined();
    expect(section?.match(/^\*\*(Impact|How to see it|What to do)\.\*\*/gm), AlarmName).toEqual([
      '**Impact.**',
      '**How to see it.**',
      '**What to do.**',
    ]);
    expect(AlarmActions).toHaveLength(1);
  }
});

test('CloudWatch may tell the topic: a topic with a policy of its own admits nobody else', () => {
  const statements = propertiesOf<{ Topics: readonly unknown[]; PolicyDocument: { Statement: readonly object[] } }>(
    'AWS::SNS::TopicPolicy',
    stage.app,
  )
    .filter(({ Topics }) => JSON.stringify(Topics) === JSON.stringify(alarms[0]?.AlarmActions))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  expect(statements).toContainEqual(
    expect.objectContaining({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  );
});

test('mail goes out only where the configuration names an address', async () => {
  const mailed = await synthesized({ alarmEmail: 'operator@example.com' });
  const subscriptions = (of: Synthesized) =>
    propertiesOf<{ Protocol: string }>('AWS::SNS::Subscription', of.app).filter(
      ({ Protocol }) => Protocol !== 'lambda',
    );
  expect(subscriptions(stage)).toEqual([]);
  expect(subscriptions(mailed)).toMatchObject([{ Protocol: 'email', Endpoint: 'operator@example.com' }]);
});

test('the alarms fit into the ten metrics that CloudWatch watches for nothing', () => {
  // A metric in an expression counts as a metric alarm of its own (CloudWatch pricing); the expression does not.
  const watched = alarms.map(({ Metrics }) => (Metrics ? Metrics.length - 1 : 1));
  expect(watched.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(10);
});
