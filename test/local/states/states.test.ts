import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FunctionResult } from '../../../local/core/service.ts';
import { makeStates } from '../../../local/services/states/index.ts';
import { ACCOUNT, declare, hostServices, REGION, ROLE_ARN } from '../support/service-host.ts';

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:greet`;
const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:provision`;
const EXECUTION = MACHINE.replace('stateMachine', 'execution');
const MAY_INVOKE = { Effect: 'Allow', Action: ['lambda:InvokeFunction', 'states:StartExecution'], Resource: ['*'] };
const DEFINITION = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Greet',
  States: {
    Greet: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: '\u0024{GreetArn}', Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxAttempts: 1 }],
      Next: 'Pause',
    },
    Pause: { Type: 'Wait', Seconds: 30, End: true },
  },
});

type Invoke = (name: string, payload: string) => Promise<FunctionResult>;
const echo: Invoke = async (_name, payload) => ({ payload });

const open = async (invoke: Invoke = echo, policy = [MAY_INVOKE], dataDir?: string) => {
  const host = await hostServices({
    make: (context) => ({ states: makeStates(context, { lambda: { invoke } }) }),
    policy,
    ...(dataDir && { dataDir }),
  });
  await declare(host.services.states, 'AWS::StepFunctions::StateMachine', 'Provision', {
    StateMachineName: 'provision',
    RoleArn: ROLE_ARN,
    DefinitionString: DEFINITION,
    DefinitionSubstitutions: { GreetArn: FUNCTION },
  });
  host.services.states.resume?.();
  return { host, sfn: new SFNClient(host.root) };
};

let opened: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  opened = await open();
});
afterEach(() => opened.host.discard());

const start = (sfn: SFNClient, name: string, input = '{"n":1}') =>
  sfn.send(new StartExecutionCommand({ stateMachineArn: MACHINE, name, input }));
const describe = (sfn: SFNClient, name: string) =>
  sfn.send(new DescribeExecutionCommand({ executionArn: `${EXECUTION}:${name}` }));

/** Moves time on, a second a turn, until the execution has ended. */
const ended = async ({ host, sfn }: typeof opened, name: string) => {
  for (;;) {
    const execution = await describe(sfn, name);
    if (execution.status !== 'RUNNING') return execution;
    await host.clock.advance(1_000);
  }
};

test('an execution invokes functions with the role of its machine and publishes its status', async () => {
  await start(opened.sfn, 'run-1');
  const end = await ended(opened, 'run-1');
  const statuses = opened.host.published.map(({ source, detailType, detail }) => [source, detailType, detail.status]);
  expect({ status: end.status, output: end.output, statuses }).toEqual({
    status: 'SUCCEEDED',
    output: '{"n":1}',
    statuses: [
      ['aws.states', 'Step Functions Execution Status Change', 'RUNNING'],
      ['aws.states', 'Step Functions Execution Status Change', 'SUCCEEDED'],
    ],
  });
});

test('its history tells every step, and its transitions can be counted', async () => {
  await start(opened.sfn, 'run-1');
  await ended(opened, 'run-1');
  const { events } = await opened.sfn.send(new GetExecutionHistoryCommand({ executionArn: `${EXECUTION}:run-1` }));
  expect([events?.map(({ type }) => type), opened.host.services.states.transitionsOf(`${EXECUTION}:run-1`)]).toEqual([
    [
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskSucceeded',
      'TaskStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ],
    2,
  ]);
  expect(events?.[2]?.taskScheduledEventDetails).toEqual({
    resourceType: 'lambda',
    resource: 'invoke',
    region: REGION,
    parameters: JSON.stringify({ FunctionName: FUNCTION, Payload: { n: 1 } }),
  });
});

test('a name is idempotent while it runs with the same input, and taken otherwise', async () => {
  const { sfn } = opened;
  const first = await start(sfn, 'run-1');
  const again = await start(sfn, 'run-1');
  expect(again.executionArn).toBe(first.executionArn);
  await expect(start(sfn, 'run-1', '{"n":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await ended(opened, 'run-1');
  await expect(start(sfn, 'run-1')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test('a stopped execution is ABORTED with the reason given', async () => {
  const { sfn } = opened;
  const { executionArn } = await start(sfn, 'run-1');
  await sfn.send(new StopExecutionCommand({ executionArn, error: 'AgentDeleted', cause: 'deleted by its owner' }));
  await sfn.send(new StopExecutionCommand({ executionArn }));
  const { executions } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: MACHINE, statusFilter: 'ABORTED' }),
  );
  const { status, error, cause } = await describe(sfn, 'run-1');
  expect([executions?.map(({ name }) => name), { status, error, cause }]).toEqual([
    ['run-1'],
    { status: 'ABORTED', error: 'AgentDeleted', cause: 'deleted by its owner' },
  ]);
});

test('a function that throws fails the execution under its own error name', async () => {
  const payload = JSON.stringify({ errorType: 'RunSuperseded', errorMessage: 'a newer run', trace: [] });
  const failing = await open(async () => ({ payload, functionError: 'Unhandled' }));
  await start(failing.sfn, 'run-1');
  const { status, error, cause } = await ended(failing, 'run-1');
  await failing.host.discard();
  expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'RunSuperseded', cause: payload });
});

test('a throttled invocation is retried under the name that Step Functions gives it', async () => {
  let calls = 0;
  const throttled = await open(async (_name, payload) => {
    calls += 1;
    if (calls > 1) return { payload };
    throw Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' });
  });
  await start(throttled.sfn, 'run-1');
  const { status } = await ended(throttled, 'run-1');
  const transitions = throttled.host.services.states.transitionsOf(`${EXECUTION}:run-1`);
  await throttled.host.discard();
  expect({ status, calls, transitions }).toEqual({ status: 'SUCCEEDED', calls: 2, transitions: 3 });
});

test('a role that may not invoke the function fails the execution', async () => {
  const denied = await open(echo, []);
  await start(denied.sfn, 'run-1');
  const { status, error, cause } = await ended(denied, 'run-1');
  await denied.host.discard();
  expect({ status, error, cause }).toEqual({
    status: 'FAILED',
    error: 'Lambda.AWSLambdaException',
    cause: expect.stringContaining(`lambda:InvokeFunction on resource: ${FUNCTION}`),
  });
});

test('an execution goes on in the next process without repeating what was done', async () => {
  let calls = 0;
  const counting: Invoke = async (_name, payload) => {
    calls += 1;
    return { payload };
  };
  const first = await open(counting);
  await start(first.sfn, 'run-1');
  await first.host.clock.advance(1_000);
  await first.host.stop();
  const second = await open(counting, [MAY_INVOKE], first.host.directory);
  const { status, output } = await ended(second, 'run-1');
  await second.host.discard();
  expect({ status, output, calls }).toEqual({ status: 'SUCCEEDED', output: '{"n":1}', calls: 1 });
});

test.each([
  ['input that is not JSON', { stateMachineArn: MACHINE, name: 'x', input: '{' }, 'InvalidExecutionInput'],
  ['a name with a colon', { stateMachineArn: MACHINE, name: 'a:b' }, 'InvalidName'],
  ['an unknown machine', { stateMachineArn: `${MACHINE}x`, name: 'x' }, 'StateMachineDoesNotExist'],
  ['something that is no ARN', { stateMachineArn: 'provision', name: 'x' }, 'InvalidArn'],
])('%s is refused by name', async (_, input, name) => {
  await expect(opened.sfn.send(new StartExecutionCommand(input))).rejects.toMatchObject({ name });
});

test('a definition that Step Functions would refuse is refused when it is declared', async () => {
  const definition = (state: object) =>
    JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: state } });
  const refusal = (DefinitionString: string) =>
    declare(opened.host.services.states, 'AWS::StepFunctions::StateMachine', 'Bad', { DefinitionString }).catch(
      (error: Error) => error.message.replace('Invalid State Machine Definition: SCHEMA_VALIDATION_FAILED: ', ''),
    );
  expect([
    await refusal(definition({ Type: 'Pass', Next: 'B' })),
    await refusal(definition({ Type: 'Pass', Parameters: {}, End: true })),
    await refusal(definition({ Type: 'Pass' })),
    await refusal(definition({ Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true })),
  ]).toEqual([
    "no state 'B' at /States/A/Next",
    'not allowed when the query language is JSONata at /States/A/Parameters',
    'neither Next nor End at /States/A',
    "the resource 'arn:aws:states:::sns:publish' is not served here at /States/A/Resource",
  ]);
});
