import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, expect, test } from 'vitest';
import { AwsError, type JsonObject } from '../../../local/core/service.ts';
import { type EventTargets, makeEvents } from '../../../local/services/events/index.ts';
import { matchesPattern } from '../../../local/services/events/pattern.ts';
import { ACCOUNT, declare, hostServices, REGION, ROLE_ARN } from '../support/service-host.ts';

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:accept-upload`;
const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:provision`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead-letters`;
const MAY_START = { Effect: 'Allow', Action: ['states:StartExecution'], Resource: [MACHINE] };

const open = async (change: Partial<EventTargets> = {}, dataDir?: string) => {
  const delivered: [string, string][] = [];
  const note = (arn: string, payload: string) => void delivered.push([arn, payload]);
  const targets: EventTargets = {
    lambda: { invokeLater: note },
    states: { startExecution: note },
    queues: { sendMessage: note },
    ...change,
  };
  const host = await hostServices({
    make: (context) => ({ events: makeEvents(context, targets) }),
    policy: [MAY_START],
    ...(dataDir && { dataDir }),
  });
  const rule = (pattern: JsonObject, target: JsonObject) =>
    declare(host.services.events, 'AWS::Events::Rule', 'Rule', {
      EventPattern: pattern,
      State: 'ENABLED',
      Targets: [{ Id: 'Target0', ...target }],
    });
  return { host, delivered, rule, events: new EventBridgeClient(host.root) };
};

let opened: Awaited<ReturnType<typeof open>>;
afterEach(() => opened.host.discard());

const UPLOAD = {
  source: 'aws.s3',
  detailType: 'Object Created',
  detail: { bucket: { name: 'files' }, object: { key: 'u1/a.md', size: 12 }, reason: 'POST Object' },
};

test('an event of another service reaches the function of a rule that matches', async () => {
  opened = await open();
  await opened.rule({ source: ['aws.s3'], detail: { reason: ['POST Object'] } }, { Arn: FUNCTION });
  opened.host.services.events.publish(UPLOAD);
  opened.host.services.events.publish({ ...UPLOAD, detail: { ...UPLOAD.detail, reason: 'PutObject' } });
  await opened.host.clock.advance(0);
  const [[arn, payload] = []] = opened.delivered;
  expect([opened.delivered.length, arn, JSON.parse(payload ?? '')]).toEqual([
    1,
    FUNCTION,
    {
      version: '0',
      id: expect.any(String),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: ACCOUNT,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: REGION,
      resources: [],
      detail: UPLOAD.detail,
    },
  ]);
});

test('a transformer makes the input of a state machine, started with the target’s role', async () => {
  opened = await open();
  const transformer = {
    InputPathsMap: { key: '$.detail.object.key', size: '$.detail.object.size' },
    InputTemplate: '{"key":<key>,"text":"<key> of <size> bytes","rule":<aws.events.rule-name>}',
  };
  await opened.rule({ source: ['aws.s3'] }, { Arn: MACHINE, RoleArn: ROLE_ARN, InputTransformer: transformer });
  opened.host.services.events.publish(UPLOAD);
  await opened.host.clock.advance(0);
  expect(opened.delivered).toEqual([[MACHINE, '{"key":"u1/a.md","text":"u1/a.md of 12 bytes","rule":"stack-rule"}']]);
});

test('what cannot be delivered is tried again and ends in the dead-letter queue', async () => {
  let tries = 0;
  const failing = () => {
    tries += 1;
    throw new AwsError('TooManyRequestsException', 'busy', 429);
  };
  opened = await open({ lambda: { invokeLater: failing } });
  await opened.rule(
    { source: ['aws.s3'] },
    {
      Arn: FUNCTION,
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: QUEUE },
    },
  );
  opened.host.services.events.publish(UPLOAD);
  await opened.host.clock.advance(0);
  await opened.host.clock.advance(10_000);
  expect([tries, opened.delivered.map(([arn]) => arn)]).toEqual([3, [QUEUE]]);
});

test('a target that the role may not start goes to the dead-letter queue at once', async () => {
  opened = await open();
  await opened.rule(
    { source: ['aws.s3'] },
    {
      Arn: `${MACHINE}-other`,
      RoleArn: ROLE_ARN,
      DeadLetterConfig: { Arn: QUEUE },
    },
  );
  opened.host.services.events.publish(UPLOAD);
  await opened.host.clock.advance(0);
  expect(opened.delivered.map(([arn]) => arn)).toEqual([QUEUE]);
});

test('a delivery that a process left undone is done by the next', async () => {
  const first = await open({
    lambda: {
      invokeLater: () => {
        throw new Error('not yet');
      },
    },
  });
  await first.rule({ source: ['aws.s3'] }, { Arn: FUNCTION });
  first.host.services.events.publish(UPLOAD);
  await first.host.clock.advance(0);
  await first.host.stop();
  opened = await open({}, first.host.directory);
  opened.host.services.events.resume?.();
  await opened.host.clock.advance(0);
  expect(opened.delivered.map(([arn]) => arn)).toEqual([FUNCTION]);
});

test('PutEvents takes what is well-formed and names what is not', async () => {
  opened = await open();
  await opened.rule({ source: ['shop'], 'detail-type': ['Ordered'] }, { Arn: FUNCTION, InputPath: '$.detail' });
  const { Entries, FailedEntryCount } = await opened.events.send(
    new PutEventsCommand({
      Entries: [
        { Source: 'shop', DetailType: 'Ordered', Detail: '{"order":1}' },
        { Source: 'shop', DetailType: 'Ordered', Detail: 'not json' },
        { Source: 'aws.s3', DetailType: 'Object Created', Detail: '{}' },
      ],
    }),
  );
  await opened.host.clock.advance(0);
  expect([opened.delivered, FailedEntryCount, Entries?.map(({ ErrorCode }) => ErrorCode)]).toEqual([
    [[FUNCTION, '{"order":1}']],
    2,
    [undefined, 'MalformedDetail', 'NotAuthorizedForSourceException'],
  ]);
});

test.each<[string, JsonObject, boolean]>([
  ['a value', { a: ['x'] }, true],
  ['another value', { a: ['y'] }, false],
  ['prefix', { a: [{ prefix: 'x' }] }, true],
  ['suffix', { key: [{ suffix: '.md' }] }, true],
  ['wildcard', { key: [{ wildcard: 'u1/*.md' }] }, true],
  ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'X' }] }, true],
  ['anything-but', { a: [{ 'anything-but': ['x', 'z'] }] }, false],
  ['anything-but prefix', { key: [{ 'anything-but': { prefix: 'u2/' } }] }, true],
  ['anything-but of an absent field', { none: [{ 'anything-but': ['x'] }] }, false],
  ['exists', { 'deep.none': [{ exists: false }], n: [{ exists: true }] }, true],
  ['numeric', { n: [{ numeric: ['>', 0, '<=', 5] }] }, true],
  ['numeric out of bounds', { n: [{ numeric: ['<', 5] }] }, false],
  ['nested', { deep: { list: ['b'] } }, true],
  ['null', { nothing: [null] }, true],
  ['$or', { $or: [{ a: ['y'] }, { n: [5] }] }, true],
])('pattern: %s', async (_, pattern, expected) => {
  opened = await open();
  const event = { a: 'x', key: 'u1/a.md', n: 5, deep: { list: ['a', 'b'] }, nothing: null };
  expect(matchesPattern(pattern, event)).toBe(expected);
});
