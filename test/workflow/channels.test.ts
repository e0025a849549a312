import { describe, expect, test } from 'vitest';
import type { Channel, ChannelType } from '../../shared/channels/channel.ts';
import { ChannelFailedError } from '../../shared/channels/channel-deployer.ts';
import type { TaskName } from '../../shared/provisioning/task-contract.ts';
import { channelRow } from '../channels/support/memory-channels.ts';
import { AGENT, KEY, makeWorld, USER, type World } from '../provisioning/support/world.ts';
import { execute } from './support/execute.ts';

const rowOf = (world: World, type: ChannelType) => world.channels.rows.get(`${USER}#${AGENT}#${type}`);
const statuses = (world: World) =>
  Object.fromEntries([...world.channels.rows.values()].map(({ channelType, status }) => [channelType, status]));
const put = (world: World, type: ChannelType, change: Partial<Channel>) =>
  world.channels.rows.set(`${USER}#${AGENT}#${type}`, channelRow(KEY, type, change));

/** A run of changed channels alone, as `PUT /agents/{agentId}/channels` begins it. */
const begin = async (world: World, run: number) => {
  const provisioning = { run, version: 1, status: 'running', steps: {} } as const;
  await world.deps.agents.transition(KEY, 'update', { provisioning }, { now: 1 });
};

/** The AgentCreator's code is refused. */
const REJECTED = (name: TaskName, _: number, invoke: () => Promise<unknown>) =>
  name === 'CheckCode' ? Promise.reject(Object.assign(new Error('no'), { name: 'CodeRejected' })) : invoke();

const FIVE = { voice: {}, whatsapp: {}, instagram: {}, facebook: {}, twitter: {} };

test('an agent comes up on five channels, each with what it has outside', async () => {
  const world = makeWorld({ channels: FIVE });
  const { end } = await execute(world, 'provision-agent');
  expect(end.status).toBe('SUCCEEDED');
  expect({ agent: world.agent()?.status, ...statuses(world) }).toEqual({
    agent: 'active',
    voice: 'active',
    whatsapp: 'active',
    instagram: 'active',
    facebook: 'active',
    twitter: 'active',
  });
  expect(rowOf(world, 'voice')).toEqual(
    channelRow(KEY, 'voice', {
      status: 'active',
      resources: { accountId: 'voice-a9e7' },
      updatedAt: rowOf(world, 'voice')?.updatedAt ?? 0,
    }),
  );
  const { PlanChannels, DeployChannels } = world.agent()?.provisioning.steps ?? {};
  expect([PlanChannels?.status, DeployChannels?.status]).toEqual(['succeeded', 'succeeded']);
});

test('five channels cost the slowest, not the sum', async () => {
  const timeOf = async (channels: Parameters<typeof makeWorld>[0]) => {
    const world = makeWorld(channels);
    const before = world.time.nowMs;
    await execute(world, 'provision-agent');
    return world.time.nowMs - before;
  };
  const one = await timeOf({ channels: { voice: { looks: 8 } } });
  const five = await timeOf({ channels: { ...FIVE, voice: { looks: 8 }, whatsapp: { looks: 5 } } });
  expect(five).toBe(one);
});

test('an agent whose Connect fails is active on WhatsApp and says why the other failed', async () => {
  const none = () => new ChannelFailedError('channel-failed', 'There is no number to be had in France.');
  const world = makeWorld({ channels: { voice: { throws: none }, whatsapp: {} } });
  const { end } = await execute(world, 'provision-agent');
  expect(end.status).toBe('SUCCEEDED');
  expect({ agent: world.agent()?.status, ...statuses(world) }).toEqual({
    agent: 'active',
    voice: 'failed',
    whatsapp: 'active',
  });
  expect(rowOf(world, 'voice')).toMatchObject({
    statusReason: {
      code: 'channel-failed',
      message: 'There is no number to be had in France.',
      step: 'DeployChannels',
    },
    // What it got before it failed stays known, to be gone on from or given back.
    resources: { accountId: 'voice-a9e7' },
  });
});

describe('a channel that does not come up', () => {
  const crash = () => Object.assign(new Error('exited'), { name: 'Runtime.ExitError' });

  test('because its function crashes each time fails alone', async () => {
    const world = makeWorld({ channels: { voice: {}, whatsapp: {} } });
    await execute(world, 'provision-agent', {
      around: (name, _, invoke) => (name === 'DeployConnectChannel' ? Promise.reject(crash()) : invoke()),
    });
    expect(statuses(world)).toEqual({ voice: 'failed', whatsapp: 'active' });
    expect(rowOf(world, 'voice')?.statusReason).toEqual({
      code: 'channel-failed',
      message:
        'The channel could not be set up (Runtime.ExitError: exited). Retry the channel; if it fails again, tell the operator.',
      step: 'DeployChannels',
    });
    expect(world.agent()?.status).toBe('active');
  });

  test('within half an hour is given up', async () => {
    const world = makeWorld({ channels: { voice: { looks: 10_000 }, whatsapp: {} } });
    await execute(world, 'provision-agent');
    expect(statuses(world)).toEqual({ voice: 'failed', whatsapp: 'active' });
    expect(rowOf(world, 'voice')?.statusReason?.code).toBe('provisioning-timed-out');
  });

  test('and cannot even be written down keeps nobody from talking', async () => {
    const world = makeWorld({ channels: { voice: {}, whatsapp: {} } });
    const broken: readonly TaskName[] = ['DeployConnectChannel', 'RecordChannel'];
    const { end } = await execute(world, 'provision-agent', {
      around: (name, _, invoke) => (broken.includes(name) ? Promise.reject(crash()) : invoke()),
    });
    expect([end.status, world.agent()?.status]).toEqual(['SUCCEEDED', 'active']);
    expect(statuses(world)).toEqual({ voice: 'provisioning', whatsapp: 'active' });
  });

  test('at first is tried again by itself', async () => {
    const throttled = (call: number) =>
      call < 4 ? Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' }) : undefined;
    const world = makeWorld({ channels: { voice: { throws: throttled } } });
    await execute(world, 'provision-agent');
    expect(rowOf(world, 'voice')).toMatchObject({ status: 'active', attempt: 4 });
    expect(world.outside.made).toEqual(['voice-a9e7']);
  });
});

describe('a run for changed channels alone', () => {
  test('adds one, removes one, and leaves the others and the code alone', async () => {
    const world = makeWorld({ channels: { voice: {}, whatsapp: {} } });
    await execute(world, 'provision-agent');
    const builds = world.builds.length;
    world.outside.calls.clear();
    await begin(world, 2);
    put(world, 'instagram', { run: 2 });
    put(world, 'voice', { status: 'retiring', run: 2, resources: { accountId: 'voice-a9e7' } });
    const { end, states } = await execute(world, 'provision-agent', { resumeFrom: 'DeployChannels' });
    expect(end).toEqual({ status: 'SUCCEEDED', output: { status: 'active' } });
    expect(states.slice(0, 3)).toEqual(['WhereToStart', 'PlanChannels', 'DeployChannels']);
    expect(statuses(world)).toEqual({ whatsapp: 'active', instagram: 'active' });
    expect(world.inventory().channels).toEqual(['instagram-a9e7', 'whatsapp-a9e7']);
    expect(Object.fromEntries(world.outside.calls)).toEqual({ 'deploy instagram': 2, 'retire voice': 1 });
    expect(world.agent()).toMatchObject({ activeVersion: 1, provisioning: { run: 2, status: 'succeeded' } });
    expect(world.builds.length).toBe(builds);
  });

  test('that cannot release a channel keeps it, with a reason, for the next run', async () => {
    const stuck = (call: number) =>
      call === 1 ? new ChannelFailedError('channel-failed', 'It is in use.') : undefined;
    const world = makeWorld({ channels: { voice: { retireThrows: stuck } } });
    await execute(world, 'provision-agent');
    await begin(world, 2);
    put(world, 'voice', { status: 'retiring', run: 2, resources: { accountId: 'voice-a9e7' } });
    await execute(world, 'provision-agent', { resumeFrom: 'DeployChannels' });
    expect(rowOf(world, 'voice')).toMatchObject({ status: 'retiring', statusReason: { message: 'It is in use.' } });
    await begin(world, 3);
    await execute(world, 'provision-agent', { resumeFrom: 'DeployChannels' });
    expect([rowOf(world, 'voice'), world.inventory().channels]).toEqual([undefined, []]);
  });
});

test('a new version reaches every channel, and is a new chance for one that failed', async () => {
  let isFirst = true;
  const first = () => (isFirst ? new ChannelFailedError('channel-failed', 'Not yet.') : undefined);
  const world = makeWorld({ channels: { voice: { throws: first }, whatsapp: {} } });
  await execute(world, 'provision-agent');
  expect(statuses(world)).toEqual({ voice: 'failed', whatsapp: 'active' });
  isFirst = false;
  world.outside.calls.clear();
  const provisioning = { run: 2, version: 2, status: 'running', steps: {} } as const;
  await world.deps.agents.transition(KEY, 'update', { version: 2, provisioning }, { now: 1 });
  await execute(world, 'provision-agent');
  expect(world.agent()?.activeVersion).toBe(2);
  expect([...world.outside.calls.keys()].sort()).toEqual(['deploy voice', 'deploy whatsapp']);
  expect(rowOf(world, 'voice')).not.toHaveProperty('statusReason');
});

describe('a first version that fails', () => {
  test('before its channels leaves none, and they come with the retry', async () => {
    const world = makeWorld({ channels: { voice: {} } });
    await execute(world, 'provision-agent', { around: REJECTED });
    expect({ agent: world.agent()?.status, ...statuses(world), made: world.outside.made }).toEqual({
      agent: 'failed',
      voice: 'failed',
      made: [],
    });
    expect(rowOf(world, 'voice')?.statusReason?.code).toBe('channel-not-reached');
    const provisioning = { run: 2, version: 1, status: 'running', steps: {} } as const;
    await world.deps.agents.transition(KEY, 'rebuild', { provisioning }, { now: 1 });
    await execute(world, 'provision-agent');
    expect({ agent: world.agent()?.status, ...statuses(world) }).toEqual({ agent: 'active', voice: 'active' });
  });

  test('after its channels gives all of them back', async () => {
    const world = makeWorld({ channels: { voice: { retireLooks: 2 }, whatsapp: {} } });
    await execute(world, 'provision-agent', {
      around: (name, _, invoke) => (name === 'ActivateAgent' ? Promise.reject(new Error('no')) : invoke()),
    });
    expect({ agent: world.agent()?.status, ...statuses(world), left: world.inventory().channels }).toEqual({
      agent: 'failed',
      voice: 'failed',
      whatsapp: 'failed',
      left: [],
    });
    expect(rowOf(world, 'voice')?.resources).toEqual({});
  });
});

test('a failed update leaves the channels of the version that serves', async () => {
  const world = makeWorld({ channels: { whatsapp: {} } });
  await execute(world, 'provision-agent');
  const provisioning = { run: 2, version: 2, status: 'running', steps: {} } as const;
  await world.deps.agents.transition(KEY, 'update', { version: 2, provisioning }, { now: 1 });
  put(world, 'voice', { run: 2 });
  await execute(world, 'provision-agent', { around: REJECTED });
  expect({ agent: world.agent()?.status, version: world.agent()?.activeVersion, ...statuses(world) }).toEqual({
    agent: 'active',
    version: 1,
    whatsapp: 'active',
    voice: 'failed',
  });
  expect(world.inventory().channels).toEqual(['whatsapp-a9e7']);
});

test('deleting waits for a function that is still making a channel, and leaves nothing of it', async () => {
  const world = makeWorld({ channels: { voice: {} } });
  await execute(world, 'provision-agent');
  put(world, 'voice', { status: 'active', busyUntilMs: world.time.nowMs + 60_000 });
  await world.deps.agents.transition(KEY, 'retire', {}, { now: 1 });
  const answers: unknown[] = [];
  await execute(world, 'retire-agent', {
    around: async (name, _, invoke) => {
      const answer = await invoke();
      if (name === 'RetireChannels') answers.push(answer);
      return answer;
    },
  });
  expect(answers.length).toBeGreaterThan(1);
  expect([answers[0], answers.at(-1)]).toEqual([{ status: 'pending' }, { status: 'done' }]);
  expect([world.agent(), rowOf(world, 'voice'), world.inventory().channels]).toEqual([undefined, undefined, []]);
});

test('an older run makes nothing more once its agent is deleted in the middle', async () => {
  let world: World | undefined;
  world = makeWorld({
    channels: { voice: { looks: 3 }, whatsapp: { looks: 3 } },
    onCall: async ({ port, method, after }) => {
      if (`${port}.${method}` !== 'deployer.deploy' || after) return;
      await world?.deps.agents.transition(KEY, 'retire', {}, { now: 1 });
    },
  });
  await execute(world, 'provision-agent');
  await execute(world, 'retire-agent');
  expect([world.agent(), world.channels.rows.size, world.inventory().channels]).toEqual([undefined, 0, []]);
});
