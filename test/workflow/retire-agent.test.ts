import { expect, test } from 'vitest';
import type { TaskName } from '../../shared/provisioning/task-contract.ts';
import { KEY, makeWorld, type World } from '../provisioning/support/world.ts';
import { execute } from './support/execute.ts';

const NOTHING = {
  bases: [],
  sources: [],
  indexes: [],
  runtimes: [],
  endpoints: 0,
  roles: [],
  sessions: [],
  files: [],
  code: [],
  channels: [],
};
const CHANNELS = { voice: {}, whatsapp: { retireLooks: 1 } };

const remove = (world: World) => world.deps.agents.transition(KEY, 'retire', {}, { now: 1 });

test.each(['dedicated', 'shared'] as const)('nothing remains of a deleted agent (%s knowledge)', async (isolation) => {
  const world = makeWorld({ isolation, channels: CHANNELS });
  await execute(world, 'provision-agent');
  await remove(world);
  const { end } = await execute(world, 'retire-agent');
  expect(end).toEqual({ status: 'SUCCEEDED', output: { status: 'done' } });
  expect(world.inventory()).toEqual(NOTHING);
  expect([world.agent(), world.knowledgeBase(), ...world.channels.rows.values()]).toEqual([undefined, undefined]);
  if (isolation === 'shared') {
    expect([...world.knowledge.held.documents.values()]).toEqual([{ status: 'absent' }, { status: 'absent' }]);
  }
});

const STEPS: readonly TaskName[] = [
  'ProvisionKnowledgeBase',
  'CheckIngestion',
  'InvokeAgentCreator',
  'CheckCode',
  'DeployAgentCore',
  'CheckRuntime',
  'PlanChannels',
  'DeployConnectChannel',
  'DeploySocialChannel',
  'ActivateAgent',
];

for (const when of ['before', 'after'] as const) {
  test.each(STEPS)(`an agent deleted ${when} %s leaves nothing`, async (step) => {
    const world = makeWorld({ channels: CHANNELS });
    await execute(world, 'provision-agent', {
      around: async (name, nth, invoke) => {
        const here = name === step && nth === 1;
        if (here && when === 'before') await remove(world);
        const answer = await invoke();
        if (here && when === 'after') await remove(world);
        return answer;
      },
    });
    await execute(world, 'retire-agent');
    expect(world.inventory()).toEqual(NOTHING);
    expect([world.agent(), ...world.channels.rows.values()]).toEqual([undefined]);
  });
}

test('retirement waits for a function that is still making something', async () => {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let reached = () => {};
  const inTheMiddle = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const world = makeWorld({
    onCall: ({ port, method, after }) => {
      if (`${port}.${method}` !== 'roles.ensure' || after) return;
      reached();
      return gate;
    },
  });
  let deployment: Promise<unknown> = Promise.resolve();
  await execute(world, 'provision-agent', {
    around: async (name, _, invoke) => {
      if (name !== 'DeployAgentCore') return invoke();
      // The function is in the middle of its work when the agent is deleted and the execution stopped.
      deployment = invoke().catch(() => undefined);
      await inTheMiddle;
      await remove(world);
      throw Object.assign(new Error('stopped'), { name: 'RunSuperseded' });
    },
  });
  const answers: unknown[] = [];
  await execute(world, 'retire-agent', {
    around: async (name, _, invoke) => {
      const answer = await invoke();
      if (name === 'StopProvisioning' && answers.push(answer) === 2) {
        goOn();
        await deployment;
      }
      return answer;
    },
  });
  expect(answers).toEqual([{ status: 'pending' }, { status: 'pending' }, { status: 'done' }]);
  expect(world.inventory()).toEqual(NOTHING);
});

test('deleting stops the execution and every build of the run', async () => {
  const world = makeWorld();
  await execute(world, 'provision-agent', {
    around: async (name, _, invoke) => {
      if (name === 'CheckCode') await remove(world);
      return invoke();
    },
  });
  await execute(world, 'retire-agent');
  const run = `${KEY.agentId}-v1-r1`;
  expect(world.stopped).toEqual([run]);
  expect(world.stoppedBuilds).toEqual([`${run}-a1`, `${run}-a2`, `${run}-a3`]);
});

test('a retirement delivered again after its end does nothing', async () => {
  const world = makeWorld();
  await remove(world);
  await execute(world, 'retire-agent');
  const { end } = await execute(world, 'retire-agent');
  expect(end.status).toBe('SUCCEEDED');
});
