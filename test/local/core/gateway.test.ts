import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as sfn from '@aws-sdk/client-sfn';
import { afterEach, expect, test } from 'vitest';
import { makeAuthorizer } from '../../../local/core/authorizer.ts';
import { realClock } from '../../../local/core/clock.ts';
import { type FaultRule, makeFaultPlan } from '../../../local/core/faults.ts';
import { Gateway } from '../../../local/core/gateway.ts';
import { openKeyRing } from '../../../local/core/keys.ts';
import type { Listener } from '../../../local/core/listener.ts';
import { defineSchemaService } from '../../../local/core/schema-service.ts';
import { AwsError, type JsonObject, type Principal } from '../../../local/core/service.ts';
import { makeTrace } from '../../../local/core/trace.ts';
import { memoryStore } from '../support/memory-store.ts';

const ROLE = 'arn:aws:iam::111122223333:role/worker';
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:greet';
let open: Listener | undefined;
afterEach(() => open?.close());

/** A gateway with three small services, one for each family of protocols. */
async function gateway({
  policy = [] as JsonObject[],
  boundary = undefined as JsonObject | undefined,
  faults = [] as FaultRule[],
} = {}) {
  const calls: string[] = [];
  const crashed: Principal[] = [];
  const services = [
    defineSchemaService({
      name: 'lambda',
      signingName: 'lambda',
      client: lambda,
      needs: (operation, input: { FunctionName?: string }) => [
        {
          action: operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`,
          resource: `${FUNCTION.slice(0, -5)}${input.FunctionName}`,
        },
      ],
      operations: {
        Invoke: (input) => {
          calls.push(Buffer.from(input.Payload as Uint8Array).toString());
          return { StatusCode: 200, Payload: Buffer.from('{"hello":"you"}'), ExecutedVersion: '$LATEST' };
        },
        GetFunction: () => {
          throw new AwsError('ResourceNotFoundException', 'Function not found', 404, { Type: 'User' });
        },
      },
    }),
    defineSchemaService({
      name: 'states',
      signingName: 'states',
      client: sfn,
      needs: () => [{ action: 'states:StartExecution', resource: '*' }],
      operations: {
        StartExecution: ({ name }) => ({ executionArn: `arn:${name}`, startDate: new Date(1_700_000_000_123) }),
      },
    }),
    defineSchemaService({
      name: 'iam',
      signingName: 'iam',
      client: iam,
      needs: () => [{ action: 'iam:CreateRole', resource: '*' }],
      operations: {
        CreateRole: ({ RoleName, Tags }) => ({
          Role: {
            Path: '/',
            RoleName: RoleName ?? '',
            RoleId: 'AROA',
            Arn: `arn:${RoleName}`,
            CreateDate: new Date(0),
            Tags,
          },
        }),
        GetRole: () => {
          throw new AwsError('NoSuchEntityException', 'no such role', 404);
        },
      },
    }),
  ];
  const keys = openKeyRing('111122223333', memoryStore());
  const trace = makeTrace();
  const authorizer = makeAuthorizer({
    accountId: '111122223333',
    region: 'us-east-1',
    now: () => realClock.now(),
    rolePolicies: (name) =>
      name === 'worker' ? { roleArn: ROLE, trustPolicy: {}, identityPolicies: policy, boundary } : undefined,
  });
  open = await new Gateway({
    services,
    keys,
    authorizer,
    faults: makeFaultPlan(faults),
    trace,
    clock: realClock,
    crashCaller: (principal) => crashed.push(principal),
    log: () => {},
  }).listen(0);
  const settings = (credentials: { accessKeyId: string; secretAccessKey: string }) => ({
    endpoint: `http://127.0.0.1:${open?.port}`,
    region: 'us-east-1',
    credentials,
  });
  return {
    root: settings(keys.root),
    role: settings(await keys.credentialsOfRole(ROLE, 'session')),
    forged: settings({ ...keys.root, secretAccessKey: 'not-the-secret' }),
    unknown: settings({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }),
    calls,
    crashed,
    trace,
  };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => [error.name, error.$metadata?.httpStatusCode],
  );

const allow = (action: string, resource: string, more: JsonObject = {}): JsonObject => ({
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource, ...more }],
});

const invoke = new lambda.InvokeCommand({ FunctionName: 'greet', Payload: Buffer.from('{"a":1}') });

test('unmodified SDK clients are served in REST-JSON, AWS JSON and AWS Query', async () => {
  const { root, calls } = await gateway();
  const invoked = await new lambda.LambdaClient(root).send(invoke);
  const started = await new sfn.SFNClient(root).send(
    new sfn.StartExecutionCommand({ name: 'n', stateMachineArn: 'm' }),
  );
  const tags = [
    { Key: 'a', Value: '<b> & "c"' },
    { Key: 'd', Value: 'e' },
  ];
  const { Role } = await new iam.IAMClient(root).send(
    new iam.CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}', Tags: tags }),
  );
  expect({
    calls,
    payload: Buffer.from(invoked.Payload ?? []).toString(),
    started: [started.executionArn, started.startDate],
    Role,
  }).toEqual({
    calls: ['{"a":1}'],
    payload: '{"hello":"you"}',
    started: ['arn:n', new Date(1_700_000_000_123)],
    Role: { Path: '/', RoleName: 'r', RoleId: 'AROA', Arn: 'arn:r', CreateDate: new Date(0), Tags: tags },
  });
});

test('errors arrive as the exceptions of the SDK, and an operation that is not served says so by name', async () => {
  const { root } = await gateway();
  const client = new lambda.LambdaClient({ ...root, maxAttempts: 1 });
  const missing = await client
    .send(new lambda.GetFunctionCommand({ FunctionName: 'x' }))
    .catch((error: unknown) => error);
  const unserved = (await client.send(new lambda.ListFunctionsCommand({})).catch((error: unknown) => error)) as Error;
  expect({
    modelled: missing instanceof lambda.ResourceNotFoundException && missing.Type,
    query: await failure(new iam.IAMClient(root).send(new iam.GetRoleCommand({ RoleName: 'x' }))),
    unserved: [unserved.name, unserved.message],
  }).toEqual({
    modelled: 'User',
    query: ['NoSuchEntityException', 404],
    unserved: ['NotImplemented', 'The embedded lambda does not serve ListFunctions.'],
  });
});

test('a wrong secret, an unknown key and a missing permission are refused in the words of each protocol', async () => {
  const { forged, unknown, role, calls } = await gateway();
  const start = new sfn.StartExecutionCommand({ name: 'n', stateMachineArn: 'm' });
  const getRole = new iam.GetRoleCommand({ RoleName: 'x' });
  expect({
    forged: [
      await failure(new lambda.LambdaClient(forged).send(invoke)),
      await failure(new iam.IAMClient(forged).send(getRole)),
    ],
    unknown: [
      await failure(new sfn.SFNClient(unknown).send(start)),
      await failure(new iam.IAMClient(unknown).send(getRole)),
    ],
    denied: [
      await failure(new lambda.LambdaClient(role).send(invoke)),
      await failure(new sfn.SFNClient(role).send(start)),
      await failure(new iam.IAMClient(role).send(getRole)),
    ],
    calls,
  }).toEqual({
    forged: [
      ['InvalidSignatureException', 403],
      ['SignatureDoesNotMatch', 403],
    ],
    unknown: [
      ['UnrecognizedClientException', 400],
      ['InvalidClientTokenId', 403],
    ],
    denied: [
      ['AccessDeniedException', 403],
      ['AccessDeniedException', 400],
      ['AccessDenied', 403],
    ],
    calls: [],
  });
});

test('a role may do what its policies and its boundary both allow, and each call is traced', async () => {
  const policy = [allow('lambda:Invoke*', `${FUNCTION.slice(0, -5)}*`)];
  const wide = await gateway({ policy });
  await new lambda.LambdaClient(wide.role).send(invoke);
  const traced = wide.trace
    .entries()
    .map(({ service, operation, principal, status }) => ({ service, operation, principal, status }));
  await open?.close();
  const bounded = await gateway({ policy, boundary: allow('s3:*', '*') });
  expect({ traced, bounded: await failure(new lambda.LambdaClient(bounded.role).send(invoke)) }).toEqual({
    traced: [
      {
        service: 'lambda',
        operation: 'Invoke',
        principal: 'arn:aws:sts::111122223333:assumed-role/worker/session',
        status: 200,
      },
    ],
    bounded: ['AccessDeniedException', 403],
  });
});

test('planned faults strike the chosen call and no other', async () => {
  const rule = (kind: FaultRule['kind']): FaultRule => ({ kind, service: 'lambda', operation: 'Invoke', nth: 2 });
  const outcome = async (kind: FaultRule['kind']) => {
    const { root, calls, crashed } = await gateway({ faults: [rule(kind)] });
    const client = new lambda.LambdaClient({ ...root, maxAttempts: 1 });
    await client.send(invoke);
    const [error] = await failure(client.send(invoke));
    await open?.close();
    return { error, effects: calls.length, crashed: crashed.length };
  };
  expect({
    throttle: await outcome('throttle'),
    'server-error': await outcome('server-error'),
    duplicate: await outcome('duplicate'),
    'timeout-after-effect': { ...(await outcome('timeout-after-effect')), error: 'any' },
    crash: { ...(await outcome('crash')), error: 'any' },
  }).toEqual({
    throttle: { error: 'ThrottlingException', effects: 1, crashed: 0 },
    'server-error': { error: 'InternalServerException', effects: 1, crashed: 0 },
    duplicate: { error: 'n', effects: 3, crashed: 0 },
    'timeout-after-effect': { error: 'any', effects: 2, crashed: 0 },
    crash: { error: 'any', effects: 2, crashed: 1 },
  });
});
