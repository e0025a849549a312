import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { PERMANENT_FAILURES } from '../../shared/provisioning/failures.ts';
import { CHANNEL_TASKS, PROVISIONING_STEPS, RETIREMENT_STEPS } from '../../shared/provisioning/provisioning.ts';
import { makeWorld } from '../provisioning/support/world.ts';
import { definitionText, execute, type Machine } from './support/execute.ts';

/** The package carries no types. */
const validateDefinition = createRequire(import.meta.url)('asl-validator') as (
  definition: unknown,
) => Promise<{ isValid: boolean; errors: unknown[] }>;

interface States {
  [name: string]: {
    readonly Type: string;
    readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
    readonly Arguments?: { readonly FunctionName: string };
    readonly Branches?: readonly { readonly States: States }[];
    readonly ItemProcessor?: { readonly States: States };
  };
}

const tasksOf = (states: States): [string, States[string]][] =>
  Object.entries(states).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [[name, state] as [string, States[string]]] : []),
    ...(state.Branches ?? []).flatMap((branch) => tasksOf(branch.States)),
    ...(state.ItemProcessor === undefined ? [] : tasksOf(state.ItemProcessor.States)),
  ]);

const tasks = (machine: Machine) => tasksOf((JSON.parse(definitionText(machine)) as { States: States }).States);

test.each(['provision-agent', 'retire-agent'] as const)('%s is valid for the ASL validator', async (machine) => {
  const { isValid, errors } = await validateDefinition(JSON.parse(definitionText(machine)));
  expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
});

test('each task state is a step and calls the function of its name', () => {
  const all = [...tasks('provision-agent'), ...tasks('retire-agent')];
  // A Map is no task; its tasks stand inside it. Channels are taken down by a failed run, too.
  const steps = PROVISIONING_STEPS.filter((step) => step !== 'DeployChannels');
  const others = ['RecordProgress', 'Compensate', 'RetireChannels'];
  expect(all.map(([name]) => name).sort()).toEqual([...steps, ...CHANNEL_TASKS, ...others, ...RETIREMENT_STEPS].sort());
  expect(all.filter(([name, state]) => state?.Arguments?.FunctionName !== `$\{${name}Arn}`)).toEqual([]);
});

test('errors that trying again cannot mend are never retried, and are those the functions throw', () => {
  const expected = ['RunSuperseded', ...Object.keys(PERMANENT_FAILURES)].sort();
  for (const [name, state] of tasks('provision-agent')) {
    const never = state?.Retry?.find(({ MaxAttempts }) => MaxAttempts === 0)?.ErrorEquals ?? [];
    expect({ name, never: [...never].sort() }).toEqual({ name, never: expected });
  }
});

test('an agent takes few state transitions', async () => {
  const { states } = await execute(makeWorld(), 'provision-agent');
  expect(states.length).toBeLessThanOrEqual(32);
});
