import { expect, test } from 'vitest';
import { PROVISIONING_STEPS } from '../../../shared/provisioning/provisioning.ts';
import machine from '../../../statemachines/provision-agent.asl.json' with { type: 'json' };
import { type Part, pictureOf } from '../../../web/dashboard/agent/machine.ts';
import { type Provisioning, stepView } from '../../../web/dashboard/agent/run-view.ts';

const names = (parts: readonly Part[]): readonly unknown[] =>
  parts.map((part) => (part.kind === 'parallel' ? part.branches.map(names) : part.name));

test('the picture of provisioning has its way to success, what goes on at the same time, and its way out', () => {
  const { main, onFailure } = pictureOf(machine);
  expect({ main: names(main), onFailure: names(onFailure) }).toEqual({
    main: [
      'ProvisionKnowledgeBase',
      [['CheckIngestion'], ['InvokeAgentCreator', 'CheckCode']],
      'DeployAgentCore',
      'CheckRuntime',
      'PlanChannels',
      'DeployChannels',
      'ActivateAgent',
    ],
    onFailure: ['RecordProgress', 'RetireChannels', 'Compensate'],
  });
});

test('every step that is recorded has a box', () => {
  const drawn = names(pictureOf(machine).main).flat(2);
  expect(new Set(drawn)).toEqual(new Set(PROVISIONING_STEPS));
});

const run = (status: Provisioning['status']): Provisioning => ({
  run: 2,
  version: 1,
  status,
  startedAtMs: 1000,
  endedAtMs: null,
  steps: [
    { step: 'ProvisionKnowledgeBase', status: 'succeeded', attempt: 2, startedAtMs: 1000, endedAtMs: 4000 },
    { step: 'CheckIngestion', status: 'running', attempt: 1, startedAtMs: 4000, detail: 'Two of five files.' },
  ],
});

test('a box shows how long its step took, or takes so far; what a run passed over was not needed', () => {
  const now = 9500;
  expect([
    stepView('ProvisionKnowledgeBase', run('running'), now),
    stepView('CheckIngestion', run('running'), now),
    stepView('CheckCode', run('running'), now),
    stepView('CheckCode', run('failed'), now),
    stepView('CheckCode', run('succeeded'), now),
  ]).toEqual([
    { name: 'ProvisionKnowledgeBase', status: 'succeeded', attempt: 2, durationMs: 3000, detail: undefined },
    { name: 'CheckIngestion', status: 'running', attempt: 1, durationMs: 5500, detail: 'Two of five files.' },
    { name: 'CheckCode', status: 'waiting', attempt: 0, durationMs: undefined, detail: undefined },
    { name: 'CheckCode', status: 'waiting', attempt: 0, durationMs: undefined, detail: undefined },
    { name: 'CheckCode', status: 'skipped', attempt: 0, durationMs: undefined, detail: undefined },
  ]);
});
