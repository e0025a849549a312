import { describe, expect, test } from 'vitest';
import type { TaskName } from '../../shared/provisioning/task-contract.ts';
import { KEY, makeWorld, type World, type WorldOptions } from '../provisioning/support/world.ts';
import { execute } from './support/execute.ts';

const CHANNELS = { voice: {}, whatsapp: { retireLooks: 1 } };

type OnCall = NonNullable<WorldOptions['onCall']>;

/** Fails the nth moment (a call before its effect, or after it) once, as a service does. */
const failingAt = (nth: number, name: string): { onCall: OnCall; seen: () => string[] } => {
  const seen: string[] = [];
  const onCall: OnCall = ({ port, method, after }) => {
    seen.push(`${port}.${method} ${after ? 'after' : 'before'}`);
    if (seen.length === nth) throw Object.assign(new Error('injected'), { name });
  };
  return { onCall, seen: () => seen };
};

const outcome = (world: World) => ({
  status: world.agent()?.status,
  inventory: world.inventory(),
  knowledge: world.knowledgeBase()?.status,
  channels: [...world.channels.rows.values()].map(({ channelType, status }) => `${channelType} ${status}`),
});

const happy = async () => {
  const plan = failingAt(0, '');
  const world = makeWorld({ channels: CHANNELS, onCall: plan.onCall });
  await execute(world, 'provision-agent');
  return { moments: plan.seen(), outcome: outcome(world) };
};

describe('every call of a run that creates an agent', async () => {
  const { moments, outcome: expected } = await happy();
  test.each(['ThrottlingException', 'TimeoutError'])(
    `failing once with %s (${moments.length} moments) changes nothing`,
    async (name) => {
      for (const [index, moment] of moments.entries()) {
        const world = makeWorld({ channels: CHANNELS, onCall: failingAt(index + 1, name).onCall });
        await execute(world, 'provision-agent');
        expect({ moment, ...outcome(world) }).toEqual({ moment, ...expected });
      }
    },
  );
});

describe('every call of a run that deletes an agent', () => {
  test('failing once leaves nothing', async () => {
    const retire = async (nth: number) => {
      let armed = false;
      const plan = failingAt(nth, 'ThrottlingException');
      const world = makeWorld({ channels: CHANNELS, onCall: (call) => (armed ? plan.onCall(call) : undefined) });
      await execute(world, 'provision-agent');
      await world.deps.agents.transition(KEY, 'retire', {}, { now: 1 });
      armed = true;
      await execute(world, 'retire-agent');
      return { world, seen: plan.seen() };
    };
    const { world: clean, seen } = await retire(0);
    for (const index of seen.keys()) {
      const { world } = await retire(index + 1);
      expect({
        moment: seen[index],
        agent: world.agent(),
        rows: world.channels.rows.size,
        ...world.inventory(),
      }).toEqual({
        moment: seen[index],
        agent: undefined,
        rows: 0,
        ...clean.inventory(),
      });
    }
  });
});

const TASKS: readonly TaskName[] = [
  'ProvisionKnowledgeBase',
  'CheckIngestion',
  'InvokeAgentCreator',
  'CheckCode',
  'DeployAgentCore',
  'CheckRuntime',
  'PlanChannels',
  'ActivateAgent',
];

describe.each(TASKS)('%s', (task) => {
  const crash = () => Object.assign(new Error('exited'), { name: 'Runtime.ExitError' });

  test.each([
    ['crashing before its effect', async () => Promise.reject(crash())],
    [
      'crashing after its effect',
      async (invoke: () => Promise<unknown>) => invoke().then(() => Promise.reject(crash())),
    ],
    [
      'delivered twice',
      async (invoke: () => Promise<unknown>) => {
        await invoke();
        return invoke();
      },
    ],
  ])('%s ends in an active agent', async (_, fault) => {
    const world = makeWorld({ channels: CHANNELS });
    const { end } = await execute(world, 'provision-agent', {
      around: (name, nth, invoke) => (name === task && nth === 1 ? fault(invoke) : invoke()),
    });
    const { outcome: expected } = await happy();
    expect({ end: end.status, ...outcome(world) }).toEqual({ end: 'SUCCEEDED', ...expected });
  });

  test('crashing every time fails the agent with a reason; deleting it then leaves nothing', async () => {
    const world = makeWorld({ channels: CHANNELS });
    await execute(world, 'provision-agent', {
      around: (name, _, invoke) => (name === task ? Promise.reject(crash()) : invoke()),
    });
    expect(world.agent()).toMatchObject({ status: 'failed', statusReason: { code: 'provisioning-failed' } });
    expect(outcome(world)).toMatchObject({
      inventory: { channels: [] },
      channels: ['voice failed', 'whatsapp failed'],
    });
    await world.deps.agents.transition(KEY, 'retire', {}, { now: 1 });
    await execute(world, 'retire-agent');
    expect(
      Object.values(world.inventory())
        .flat()
        .filter((left) => left !== 0),
    ).toEqual([]);
  });
});
