import { expect, test } from 'vitest';
import { makeWorld, runInput } from './support/world.ts';

const ended = (status: string, input: object) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { status, input: JSON.stringify(input), error: null, cause: null },
});

test('an execution that timed out leaves a failed agent that says so', async () => {
  const world = makeWorld();
  await world.call('ProvisionKnowledgeBase');
  expect(await world.call('RecordProgress', ended('TIMED_OUT', runInput(world.agent())))).toEqual({});
  expect(world.agent()).toMatchObject({
    status: 'failed',
    statusReason: { code: 'provisioning-timed-out', step: 'ProvisionKnowledgeBase' },
    provisioning: { status: 'failed', steps: { ProvisionKnowledgeBase: { status: 'failed' } } },
  });
});

test('an execution that was aborted leaves no build at work', async () => {
  const world = makeWorld();
  await world.call('InvokeAgentCreator', { attempt: 1, findings: [] });
  expect(world.inventory().sessions).toHaveLength(1);
  await world.call('RecordProgress', ended('ABORTED', runInput(world.agent())));
  expect(world.inventory().sessions).toEqual([]);
});

test('the event of an execution that is no longer the newest changes nothing', async () => {
  const world = makeWorld();
  const before = world.agent();
  await world.call('RecordProgress', ended('ABORTED', { ...runInput(before), run: 7 }));
  expect(world.agent()).toEqual(before);
});

test('the event after a failure that was compensated already changes nothing', async () => {
  const world = makeWorld();
  const error = { Error: 'Runtime.ExitError', Cause: '{"errorMessage":"exit 1"}' };
  await world.call('RecordProgress', { error });
  await world.call('Compensate', { error });
  const before = world.agent();
  expect(before).toMatchObject({
    status: 'failed',
    statusReason: {
      code: 'provisioning-failed',
      message: 'Provisioning failed (Runtime.ExitError: exit 1). Retry; if it fails again, tell the operator.',
    },
  });
  await world.call('RecordProgress', ended('FAILED', runInput(before)));
  expect(world.agent()).toEqual(before);
});
