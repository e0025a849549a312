import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import type { CloudClock } from '../../../local/core/service.ts';
import { makeLambda } from '../../../local/lambda/index.ts';
import { DEFAULT_LIMITS } from '../../../local/lambda/pool.ts';
import { type EmbeddedOptions, startEmbedded } from '../support/embedded.ts';

const ROLE = 'arn:aws:iam::111122223333:role/worker';
/** A function whose event says what it shall do. */
const CODE = `
  let warm = 0;
  import { appendFileSync } from 'node:fs';
  export const handler = async (event, context) => {
    warm += 1;
    if (event.note) appendFileSync(event.note, 'x');
    if (event.env) return Object.keys(process.env).sort();
    if (event.crash) process.exit(7);
    if (event.hang) return new Promise(() => setInterval(() => {}, 1000));
    if (event.time) return { new: new Date().getTime() - Date.now(), now: Date.now(), is: new Date() instanceof Date, remains: context.getRemainingTimeInMillis() };
    if (event.fail) throw new TypeError('it failed');
    return { warm, greeting: process.env.GREETING, id: context.awsRequestId.length };
  };
`;
let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

async function embedded(
  clock?: CloudClock,
  limits = DEFAULT_LIMITS,
  rolePolicies?: NonNullable<EmbeddedOptions['rolePolicies']>,
) {
  const cloud = await startEmbedded((context) => ({ lambda: makeLambda(context, { limits }) }), {
    ...(clock ? { clock } : {}),
    ...(rolePolicies ? { rolePolicies } : {}),
  });
  stop = () => cloud.stop();
  const code = join(cloud.dataDir, 'asset');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), CODE);
  const declared = {
    FunctionName: 'greet',
    Code: { S3Bucket: 'assets', S3Key: 'k' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 1,
    Role: ROLE,
    Environment: { Variables: { GREETING: 'hello' } },
  };
  await cloud.declare('AWS::Lambda::Function', 'Greet', declared, code);
  const client = new LambdaClient({ ...cloud.aws, maxAttempts: 1 });
  const invoke = async (event: object) => {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: 'greet', Payload: Buffer.from(JSON.stringify(event)) }),
    );
    return {
      error: answer.FunctionError,
      payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Record<string, unknown>,
    };
  };
  return { cloud, client, invoke, note: join(cloud.dataDir, 'note') };
}

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

/** A second function, of another timeout or other settings, over the same code. */
const declareFunction = (
  cloud: Pick<Awaited<ReturnType<typeof embedded>>['cloud'], 'declare' | 'dataDir'>,
  name: string,
  timeoutSeconds: number,
) =>
  cloud.declare(
    'AWS::Lambda::Function',
    name,
    {
      FunctionName: name,
      Code: { S3Bucket: 'assets', S3Key: 'k' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: timeoutSeconds,
      Role: ROLE,
    },
    join(cloud.dataDir, 'asset'),
  );

const moment = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a burst of quick events waits for the process at work instead of starting others', async () => {
  const { invoke } = await embedded(undefined, { ...DEFAULT_LIMITS, patienceMs: 60_000 });
  await invoke({});
  const answers = await Promise.all(Array.from({ length: 40 }, () => invoke({})));
  const counts = answers.map(({ payload }) => Number(payload.warm)).sort((a, b) => a - b);
  expect(counts).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
});

test('an event that meets a process at work on something long gets another one after a moment', async () => {
  const { invoke } = await embedded();
  await invoke({});
  const [hung, quick] = await Promise.all([invoke({ hang: true }), invoke({})]);
  expect([hung.payload.errorType, quick.payload.warm]).toEqual(['Sandbox.Timedout', 1]);
});

test('the process that was used last is used again', async () => {
  const { invoke } = await embedded(undefined, { ...DEFAULT_LIMITS, starting: 2, patienceMs: 0 });
  await Promise.all([invoke({}), invoke({})]);
  const later: number[] = [];
  // Long enough that a process which nobody needed any more has started meanwhile.
  while (later.length < 400) later.push(Number((await invoke({})).payload.warm));
  expect(later).toEqual(later.map((_, index) => (later[0] ?? 0) + index));
});

test('owners that run for minutes leave the turns of short functions alone', async () => {
  const { cloud, invoke } = await embedded(undefined, { ...DEFAULT_LIMITS, busy: 1, long: 4 });
  await declareFunction(cloud, 'owner', 900);
  const { lambda } = cloud.services;
  for (let owner = 0; owner < 4; owner += 1) lambda.invokeLater('owner', JSON.stringify({ hang: true, owner }));
  while (lambda.running('owner').length < 4) await moment();
  const short = await invoke({});
  const killed = lambda.crashWhere('owner', (event) => (event as { owner: number }).owner >= 2);
  expect({ short: short.payload.warm, killed }).toEqual({ short: 1, killed: 2 });
});

test('an event killed in the midst of it is a crash; with no retries allowed it is over', async () => {
  const { cloud } = await embedded();
  await declareFunction(cloud, 'owner', 900);
  await cloud.declare('AWS::Lambda::EventInvokeConfig', 'Once', { FunctionName: 'owner', MaximumRetryAttempts: 0 });
  const { lambda } = cloud.services;
  const waiting = lambda.invoke('owner', JSON.stringify({ hang: true, by: 'invoke' }));
  lambda.invokeLater('owner', JSON.stringify({ hang: true, by: 'event' }));
  while (lambda.running('owner').length < 2) await moment();
  expect(lambda.crashWhere('owner', () => true)).toBe(2);
  const { payload, functionError } = await waiting;
  while ((await lambda.inventory?.())?.length) await moment();
  expect({ functionError, running: lambda.running('owner'), type: JSON.parse(payload) as object }).toEqual({
    functionError: 'Unhandled',
    running: [],
    type: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        /^RequestId: [\w-]+ Error: Runtime exited with error: signal: SIGKILL$/,
      ) as string,
    },
  });
});

test('an event without retries that its cloud died with is not delivered again; others are', async () => {
  const start = async (dataDir?: string) => {
    const made = await startEmbedded((context) => ({ lambda: makeLambda(context) }), dataDir ? { dataDir } : {});
    const code = join(made.dataDir, 'asset');
    mkdirSync(code, { recursive: true });
    writeFileSync(join(code, 'index.mjs'), CODE);
    for (const name of ['once', 'again']) await declareFunction(made, name, 900);
    await made.declare('AWS::Lambda::EventInvokeConfig', 'Once', { FunctionName: 'once', MaximumRetryAttempts: 0 });
    return made;
  };
  const first = await start();
  for (const name of ['once', 'again']) {
    first.services.lambda.invokeLater(name, JSON.stringify({ hang: true, note: join(first.dataDir, name) }));
    while (first.services.lambda.running(name).length === 0) await moment();
    while (!existsSync(join(first.dataDir, name))) await moment();
  }
  first.services.lambda.kill();
  await first.stop(true);
  const second = await start(first.dataDir);
  stop = () => second.stop();
  second.services.lambda.resume();
  const attempts = (name: string) => readFileSync(join(first.dataDir, name), 'utf8').length;
  while (attempts('again') < 2) await moment();
  expect({ once: attempts('once'), left: await second.services.lambda.inventory?.() }).toEqual({
    once: 1,
    left: ['lambda event for again'],
  });
});

test('a function that fails to start tells every event so', async () => {
  const { cloud, client } = await embedded();
  writeFileSync(join(cloud.dataDir, 'asset/broken.mjs'), 'throw new RangeError("not today");');
  await cloud.declare(
    'AWS::Lambda::Function',
    'Broken',
    {
      FunctionName: 'broken',
      Code: { S3Bucket: 'a', S3Key: 'k' },
      Handler: 'broken.handler',
      Runtime: 'nodejs24.x',
      Role: ROLE,
    },
    join(cloud.dataDir, 'asset'),
  );
  const invocations = Array.from({ length: 3 }, () => client.send(new InvokeCommand({ FunctionName: 'broken' })));
  const answers = await Promise.all(invocations);
  expect(
    answers.map(
      ({ Payload }) => (JSON.parse(Buffer.from(Payload ?? []).toString()) as Error & { errorType: string }).errorType,
    ),
  ).toEqual(['RangeError', 'RangeError', 'RangeError']);
});

test('a runtime’s role may invoke the one function that its policy names', async () => {
  const runtimeRole = 'arn:aws:iam::111122223333:role/oratio/agents/oratio-agent-1';
  const { cloud } = await embedded(undefined, DEFAULT_LIMITS, (name) =>
    name === 'oratio-agent-1'
      ? {
          roleArn: runtimeRole,
          trustPolicy: {},
          identityPolicies: [
            {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'lambda:InvokeFunction',
                  Resource: 'arn:aws:lambda:us-east-1:111122223333:function:greet',
                },
              ],
            },
          ],
        }
      : undefined,
  );
  await declareFunction(cloud, 'other', 3);
  const runtime = new LambdaClient({ ...(await cloud.as(runtimeRole)), maxAttempts: 1 });
  const outcome = (FunctionName: string) =>
    runtime.send(new InvokeCommand({ FunctionName })).then(
      ({ StatusCode }) => StatusCode,
      (error: Error) => error.name,
    );
  expect([await outcome('greet'), await outcome('other')]).toEqual([200, 'AccessDeniedException']);
});

test('requests of a function to the gateway share a connection that is kept alive', async () => {
  const { cloud, client } = await embedded();
  const code = `
    import { Agent, request } from 'node:http';
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () => new Promise((resolve, reject) => {
      const outgoing = request(process.env.AWS_ENDPOINT_URL, { agent }, (answer) => {
        answer.resume().once('end', () => resolve(outgoing.reusedSocket));
      });
      outgoing.once('error', reject).end();
    });
    export const handler = async () => [await ask(), await ask(), await ask()];
  `;
  writeFileSync(join(cloud.dataDir, 'asset/asker.mjs'), code);
  await cloud.declare(
    'AWS::Lambda::Function',
    'Asker',
    {
      FunctionName: 'asker',
      Code: { S3Bucket: 'a', S3Key: 'k' },
      Handler: 'asker.handler',
      Runtime: 'nodejs24.x',
      Role: ROLE,
    },
    join(cloud.dataDir, 'asset'),
  );
  const answers: unknown[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'asker' }));
    answers.push(JSON.parse(Buffer.from(Payload ?? []).toString()));
  }
  expect(answers).toEqual([
    [false, true, true],
    [true, true, true],
  ]);
});
