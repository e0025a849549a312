import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from 'vitest';
import { makeLambda } from '../../../local/lambda/index.ts';
import { DEFAULT_LIMITS } from '../../../local/lambda/pool.ts';
import { startEmbedded } from '../support/embedded.ts';
import { CODE, declareFunction, embedded, endsWith, moment, ROLE, stopEmbedded } from './support.ts';

afterEach(stopEmbedded);

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
  endsWith(() => second.stop());
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
