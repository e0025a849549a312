import { readFileSync } from 'node:fs';
import { InvokeCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import { DEFAULT_LIMITS } from '../../../local/lambda/pool.ts';
import { embedded, stopEmbedded } from './support.ts';

afterEach(stopEmbedded);

test('an environment is reused warm and sees its own variables, its role and nothing of its parent', async () => {
  const { invoke } = await embedded();
  const [first, second] = [await invoke({}), await invoke({})];
  expect({ first, second, env: (await invoke({ env: true })).payload }).toEqual({
    first: { error: undefined, payload: { warm: 1, greeting: 'hello', id: 36 } },
    second: { error: undefined, payload: { warm: 2, greeting: 'hello', id: 36 } },
    env: [
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'GREETING',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'PATH',
      'TZ',
      '_HANDLER',
    ],
  });
});

test('errors, timeouts and crashes are reported as Lambda reports them, and the next event finds a new environment', async () => {
  const { invoke } = await embedded();
  const [failed, timedOut, crashed, after] = [
    await invoke({ fail: true }),
    await invoke({ hang: true }),
    await invoke({ crash: true }),
    await invoke({}),
  ];
  const withoutId = (text: unknown) => String(text).replace(/RequestId: [\w-]+/, 'RequestId: …');
  expect({
    failed: [failed.error, failed.payload.errorType, failed.payload.errorMessage],
    timedOut: [timedOut.error, timedOut.payload.errorType, withoutId(timedOut.payload.errorMessage)],
    crashed: [crashed.error, crashed.payload.errorType, withoutId(crashed.payload.errorMessage)],
    warm: after.payload.warm,
  }).toEqual({
    failed: ['Unhandled', 'TypeError', 'it failed'],
    timedOut: ['Unhandled', 'Sandbox.Timedout', 'RequestId: … Error: Task timed out after 1.00 seconds'],
    crashed: ['Unhandled', 'Runtime.ExitError', 'RequestId: … Error: Runtime exited with error: exit status 7'],
    warm: 1,
  });
});

test('a burst is served by processes set free while others start; an event that hangs holds nobody up', async () => {
  const { invoke } = await embedded(undefined, { ...DEFAULT_LIMITS, starting: 1 });
  const [hung, ...answers] = await Promise.all([{ hang: true }, ...Array(12).fill({})].map((event) => invoke(event)));
  const processes = answers.filter(({ payload }) => payload.warm === 1).length;
  expect({
    hung: hung?.payload.errorType,
    answered: answers.filter(({ error }) => error === undefined).length,
    fewerProcessesThanEvents: processes < answers.length,
  }).toEqual({ hung: 'Sandbox.Timedout', answered: 12, fewerProcessesThanEvents: true });
});

test('what does not exist, is too large or is no JSON is refused', async () => {
  const { client } = await embedded();
  const refusal = (FunctionName: string, payload: string) =>
    client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(payload) })).catch((error: unknown) => error);
  const missing = await refusal('absent', '{}');
  const tooLarge = (await refusal('greet', `"${'x'.repeat(6_291_556)}"`)) as Error;
  const noJson = (await refusal('greet', '{')) as Error;
  expect([missing instanceof ResourceNotFoundException, tooLarge.name, noJson.name]).toEqual([
    true,
    'RequestTooLargeException',
    'InvalidRequestContentException',
  ]);
});

test('an asynchronous event that fails is tried twice more, a minute and two minutes later', async () => {
  const clock = testClock(Date.now());
  const { cloud, client, note } = await embedded(clock);
  const attempts = () => readFileSync(note, 'utf8').length;
  const waiting = async () => {
    while (clock.sleepers() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const done = async () => {
    while ((await cloud.services.lambda.inventory?.())?.length) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const { StatusCode } = await client.send(
    new InvokeCommand({
      FunctionName: 'greet',
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify({ fail: true, note })),
    }),
  );
  const counts: number[] = [];
  for (const waitMs of [60_000, 120_000]) {
    await waiting();
    counts.push(attempts());
    await clock.advance(waitMs);
  }
  await done();
  expect({ StatusCode, counts, end: attempts() }).toEqual({ StatusCode: 202, counts: [1, 2], end: 3 });
});

test('a service may invoke a function only when its resource policy lets it in', async () => {
  const { cloud } = await embedded();
  await cloud.declare('AWS::Lambda::Permission', 'Allow', {
    FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:greet',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: 'arn:aws:execute-api:us-east-1:111122223333:api/*/*/agents',
  });
  const { lambda } = cloud.services;
  const from = (service: string, path: string) => ({
    service,
    sourceArn: `arn:aws:execute-api:us-east-1:111122223333:api/$default/GET/${path}`,
  });
  const outcome = (service: string, path: string) =>
    lambda.invoke('greet', '{}', from(service, path)).then(
      ({ functionError }) => functionError ?? 'ran',
      (error: Error) => error.name,
    );
  expect([
    await outcome('apigateway.amazonaws.com', 'agents'),
    await outcome('apigateway.amazonaws.com', 'other'),
    await outcome('events.amazonaws.com', 'agents'),
  ]).toEqual(['ran', 'AccessDeniedException', 'AccessDeniedException']);
});

test('a function lives in the time of the cloud, and has its own time left', async () => {
  const startMs = Date.parse('2030-01-01T00:00:00Z');
  const clock = testClock(startMs);
  const { invoke } = await embedded(clock);
  const first = await invoke({ time: true });
  await clock.advance(3_600_000);
  const later = await invoke({ time: true });
  const near = (ms: number) => (Math.abs(ms) < 1000 ? 'near' : `${ms} ms off`);
  expect([first, later].map(({ payload }, hour) => near(Number(payload.now) - startMs - hour * 3_600_000))).toEqual([
    'near',
    'near',
  ]);
  expect({ is: first.payload.is, new: near(Number(first.payload.new)) }).toEqual({ is: true, new: 'near' });
  expect(Number(first.payload.remains)).toBeGreaterThan(0);
  expect(Number(first.payload.remains)).toBeLessThanOrEqual(1000);
});
