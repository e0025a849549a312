import { expect, test } from 'vitest';
import { Interruption } from '../../../local/services/states/interpreter/index.ts';
import { definitionOf, failing, jumpingClock, run, task } from './support/machine.ts';

test('arguments, output and assignments are evaluated as Step Functions does', async () => {
  const definition = definitionOf('Greet', {
    Greet: {
      Type: 'Task',
      Resource: 'greet',
      Arguments: { name: '{% $states.input.name %}', execution: '{% $states.context.Execution.Name %}' },
      Assign: { greeting: '{% $states.result.text %}' },
      Output: { length: '{% $length($states.result.text) %}' },
      Next: 'Report',
    },
    Report: { Type: 'Pass', Output: { greeting: '{% $greeting %}', input: '{% $states.input %}' }, Next: 'Done' },
    Done: { Type: 'Succeed' },
  });
  const tasks = { greet: (input: unknown) => ({ text: `hello ${JSON.stringify(input)}` }) };
  const { end } = await run({ definition, tasks, input: { name: 'Ada' } });
  expect(end).toEqual({
    status: 'SUCCEEDED',
    output: { greeting: 'hello {"name":"Ada","execution":"e1"}', input: { length: 37 } },
  });
});

test('a choice loop with waits takes the time its waits say', async () => {
  const clock = jumpingClock();
  let asked = 0;
  const definition = definitionOf('Check', {
    Check: task('check', 'Ready'),
    Ready: {
      Type: 'Choice',
      Choices: [{ Condition: "{% $states.input.status = 'ready' %}", Next: 'Done' }],
      Default: 'Wait',
    },
    Wait: { Type: 'Wait', Seconds: 30, Next: 'Check' },
    Done: { Type: 'Succeed' },
  });
  const tasks = { check: () => ({ status: ++asked === 3 ? 'ready' : 'pending' }) };
  const { end, history } = await run({ definition, tasks, clock });
  expect({
    end,
    slept: clock.slept,
    entered: history.filter((entry) => entry.type.endsWith('StateEntered')).length,
  }).toEqual({
    end: { status: 'SUCCEEDED', output: { status: 'ready' } },
    slept: [30_000, 30_000],
    entered: 9,
  });
});

test('a retrier backs off up to its limit, then the catcher takes over with the error', async () => {
  const clock = jumpingClock();
  const definition = definitionOf('Work', {
    Work: {
      Type: 'Task',
      Resource: 'work',
      Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 }],
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: { failure: '{% $states.errorOutput.Error %}' },
          Output: '{% $states.errorOutput %}',
          Next: 'Clean',
        },
      ],
      End: true,
    },
    Clean: { Type: 'Fail', Error: '{% $failure %}', Cause: '{% $states.input.Cause %}' },
  });
  const { end, calls } = await run({ definition, clock, tasks: { work: failing('Busy', 'come back later') } });
  expect({ end, slept: clock.slept, calls: calls.length }).toEqual({
    end: { status: 'FAILED', error: 'Busy', cause: 'come back later' },
    slept: [2_000, 6_000, 10_000],
    calls: 4,
  });
});

test('full jitter takes a part of the delay', async () => {
  const clock = jumpingClock();
  const definition = definitionOf('Work', {
    Work: {
      Type: 'Task',
      Resource: 'work',
      Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 8, MaxAttempts: 1, JitterStrategy: 'FULL' }],
      End: true,
    },
  });
  await run({ definition, clock, random: () => 0.25, tasks: { work: failing('Busy', '') } });
  expect(clock.slept).toEqual([2_000]);
});

test('a failing branch cancels its siblings and its error can be caught by the Parallel', async () => {
  const definition = definitionOf('Both', {
    Both: {
      Type: 'Parallel',
      Branches: [
        definitionOf('Slow', { Slow: task('slow', 'After'), After: task('after') }),
        definitionOf('Broken', { Broken: task('broken') }),
      ],
      Catch: [{ ErrorEquals: ['Broken'], Next: 'Done' }],
      End: true,
    },
    Done: { Type: 'Succeed' },
  });
  const tasks = {
    slow: () => new Promise<never>(() => {}),
    after: () => ({}),
    broken: failing('Broken', 'it broke'),
  };
  const { end, calls } = await run({ definition, tasks });
  expect({ end, calls }).toEqual({
    end: { status: 'SUCCEEDED', output: { Error: 'Broken', Cause: 'it broke' } },
    calls: ['slow', 'broken'],
  });
});

test('branches see outer variables and keep their own to themselves', async () => {
  const definition = definitionOf('Set', {
    Set: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Both' },
    Both: {
      Type: 'Parallel',
      Branches: [
        definitionOf('A', {
          A: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' }, Next: 'B' },
          B: { Type: 'Pass', Output: '{% $inner %}', End: true },
        }),
        definitionOf('C', { C: { Type: 'Pass', Output: '{% $exists($inner) %}', End: true } }),
      ],
      End: true,
    },
  });
  expect((await run({ definition })).end).toEqual({ status: 'SUCCEEDED', output: [2, false] });
});

test('a Map gives results in the order of its items, never more at once than allowed', async () => {
  let working = 0;
  let most = 0;
  const definition = definitionOf('Each', {
    Each: {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemSelector: { item: '{% $states.context.Map.Item.Value %}', index: '{% $states.context.Map.Item.Index %}' },
      MaxConcurrency: 2,
      ItemProcessor: definitionOf('One', { One: task('one') }),
      End: true,
    },
  });
  const one = async (input: unknown) => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => setImmediate(resolve));
    working -= 1;
    return JSON.stringify(input);
  };
  const { end } = await run({ definition, tasks: { one }, input: { items: ['a', 'b', 'c'] } });
  expect({ end, most }).toEqual({
    end: {
      status: 'SUCCEEDED',
      output: ['{"item":"a","index":0}', '{"item":"b","index":1}', '{"item":"c","index":2}'],
    },
    most: 2,
  });
});

test.each([
  ['a task that answers too late', { TimeoutSeconds: 5 }, 'States.Timeout'],
  ['a task without a heartbeat', { TimeoutSeconds: 50, HeartbeatSeconds: 5 }, 'States.HeartbeatTimeout'],
])('%s fails with its name', async (_, limits, error) => {
  const definition = definitionOf('Hang', { Hang: { Type: 'Task', Resource: 'hang', ...limits, End: true } });
  const { end } = await run({ definition, tasks: { hang: () => new Promise<never>(() => {}) } });
  expect(end).toEqual({ status: 'FAILED', error });
});

test.each([
  ['an expression without a value', '{% $states.input.missing %}', 'States.QueryEvaluationError'],
  ['an expression that fails', "{% $number('x') %}", 'States.QueryEvaluationError'],
  ['an endless expression', '{% ($f := function($n) { $f($n + 1) + 1 }; $f(0)) %}', 'States.QueryEvaluationError'],
  ['$eval', "{% $eval('1') %}", 'States.QueryEvaluationError'],
  ['an output over 256 KiB', "{% $pad('x', 262144) %}", 'States.DataLimitExceeded'],
])('%s fails the state', async (_, Output, error) => {
  const definition = definitionOf('Pass', { Pass: { Type: 'Pass', Output, End: true } });
  expect((await run({ definition })).end).toMatchObject({ status: 'FAILED', error });
});

test('States.ALL catches neither States.DataLimitExceeded nor States.Runtime, States.TaskFailed no time-out', async () => {
  const caught = async (error: string, pattern: string) => {
    const definition = definitionOf('Work', {
      Work: { Type: 'Task', Resource: 'work', Catch: [{ ErrorEquals: [pattern], Next: 'Done' }], End: true },
      Done: { Type: 'Succeed' },
    });
    return (await run({ definition, tasks: { work: failing(error, '') } })).end.status === 'SUCCEEDED';
  };
  expect({
    limit: await caught('States.DataLimitExceeded', 'States.ALL'),
    limitByName: await caught('States.DataLimitExceeded', 'States.DataLimitExceeded'),
    runtime: await caught('States.Runtime', 'States.ALL'),
    timeoutAsFailure: await caught('States.Timeout', 'States.TaskFailed'),
    lambda: await caught('Lambda.TooManyRequestsException', 'States.TaskFailed'),
  }).toEqual({ limit: false, limitByName: true, runtime: false, timeoutAsFailure: false, lambda: true });
});

test('no rule of a choice holding and no default is States.NoChoiceMatched', async () => {
  const definition = definitionOf('Choose', {
    Choose: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Done' }] },
    Done: { Type: 'Succeed' },
  });
  expect((await run({ definition })).end).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
});

test('an execution over its own time limit is TIMED_OUT, a stopped one ABORTED', async () => {
  const definition = { ...definitionOf('Hang', { Hang: task('hang') }), TimeoutSeconds: 60 };
  const stop = new AbortController();
  const { end: timedOut } = await run({ definition, tasks: { hang: () => new Promise<never>(() => {}) } });
  const { end: stopped } = await run({
    definition: definitionOf('Hang', { Hang: task('hang') }),
    signal: stop.signal,
    tasks: {
      hang: () => {
        stop.abort(new Interruption('ABORTED', 'Deleted', 'the agent was deleted'));
        return new Promise<never>(() => {});
      },
    },
  });
  expect([timedOut, stopped]).toEqual([
    { status: 'TIMED_OUT', error: 'States.Timeout' },
    { status: 'ABORTED', error: 'Deleted', cause: 'the agent was deleted' },
  ]);
});

test('a Fail state whose error is no text fails with the name of that mistake', async () => {
  const definition = definitionOf('End', { End: { Type: 'Fail', Error: '{% 7 %}', Cause: 'seven' } });
  const { end } = await run({ definition });
  expect(end).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
});
