import { describe, expect, it } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import type { Channel, ChannelResources, ConnectChannelType } from '../../shared/channels/channel.ts';
import type { ChannelJob } from '../../shared/channels/channel-deployer.ts';
import { ConnectRefusal } from '../../shared/connect/connect-api.ts';
import { type ConnectDeployerDeps, connectDeployer, instanceAlias } from '../../shared/connect/connect-deployer.ts';
import { fakeConnect, SHARED } from './support/fake-connect.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:oratio-dev-answer-contact';
const AGENT = {
  userId: 'tenant-1',
  agentId: '0192f0c0-0000-7000-8000-000000000001',
  agentName: 'Cozy Agent',
  character: { businessName: 'Cozy Comfort Bedding', products: [], specialties: [], tone: 'kind', knowledgeBase: {} },
  sop: '# Order status\n# Returns',
} as unknown as Agent;

type Fake = ReturnType<typeof fakeConnect>;

/** A channel whose row lives in memory, and who answers which account. */
const setup = (
  fake: Fake,
  channelType: ConnectChannelType,
  settings: Channel['settings'] = {},
  overrides: Partial<ConnectDeployerDeps> = {},
) => {
  const accounts = new Map<string, string>();
  let resources: ChannelResources = {};
  const deployer = connectDeployer({
    connect: fake.api,
    accounts: {
      claimAccount: async ({ accountId }, { agentId }) => {
        if (accounts.has(accountId) && accounts.get(accountId) !== agentId) return false;
        accounts.set(accountId, agentId);
        return true;
      },
      releaseAccount: async ({ accountId }) => void accounts.delete(accountId),
    },
    shared: SHARED,
    functionArn: FUNCTION,
    prefix: 'oratio-dev',
    stage: 'dev',
    ...overrides,
  });
  const job = (): ChannelJob => ({
    agent: AGENT,
    channel: { userId: AGENT.userId, agentId: AGENT.agentId, channelType, settings, resources, run: 1 } as Channel,
    keep: async (more) => {
      resources = { ...resources, ...more };
    },
  });
  return {
    accounts,
    resources: () => resources,
    forget: (name: keyof ChannelResources) => {
      const { [name]: _gone, ...rest } = resources;
      resources = rest;
    },
    deploy: () => deployer.deploy(job()),
    retire: () => deployer.retire(job()),
  };
};

const FLOW = `${SHARED.instanceArn}/contact-flow/oratio-dev-${AGENT.agentId}-voice`;
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    ({ code, message }) => ({ code, message }),
  );

describe('a telephone number of Amazon Connect', () => {
  it('is claimed in the shared instance, led to the flow and released again', async () => {
    const fake = fakeConnect();
    const channel = setup(fake, 'voice');
    const first = await channel.deploy();
    fake.settle();
    const second = await channel.deploy();
    const deployed = {
      resources: channel.resources(),
      accounts: [...channel.accounts],
      numbers: [...fake.state.numbers.values()],
    };
    const retired = await channel.retire();
    expect({
      first,
      second,
      deployed,
      retired,
      left: [fake.state.flows.size, fake.state.numbers.size, channel.accounts.size],
    }).toEqual({
      first: { status: 'pending', detail: 'Amazon Connect is claiming the number.' },
      second: { status: 'active' },
      deployed: {
        resources: {
          connectInstanceArn: SHARED.instanceArn,
          isDedicatedInstance: false,
          contactFlowArn: FLOW,
          phoneNumber: '+15550100001',
          phoneNumberId: 'number-1',
        },
        accounts: [['+15550100001', AGENT.agentId]],
        numbers: [
          expect.objectContaining({
            phoneNumber: '+15550100001',
            flowArn: FLOW,
            tags: {
              userId: 'tenant-1',
              agentId: AGENT.agentId,
              platform: 'oratio',
              environment: 'dev',
              resourceType: 'channel',
              channelType: 'voice',
            },
          }),
        ],
      },
      retired: { status: 'done' },
      left: [0, 0, 0],
    });
  });

  it('is the same one when the answer to the claim was lost', async () => {
    const fake = fakeConnect();
    const channel = setup(fake, 'voice');
    await channel.deploy();
    channel.forget('phoneNumberId');
    fake.settle();
    const outcome = await channel.deploy();
    expect({ outcome, id: channel.resources().phoneNumberId, claimed: fake.state.numbers.size }).toEqual({
      outcome: { status: 'active' },
      id: 'number-1',
      claimed: 1,
    });
  });

  it('is released although the row never learned that the claim came through', async () => {
    const fake = fakeConnect();
    const channel = setup(fake, 'voice');
    await channel.deploy();
    channel.forget('phoneNumberId');
    await channel.retire();
    expect(fake.state.numbers.size).toBe(0);
  });

  it('is another one when somebody else was faster, and stays theirs', async () => {
    const fake = fakeConnect({ claimNumber: ['taken', 'taken'] });
    const channel = setup(fake, 'voice');
    await channel.deploy();
    expect(channel.resources().phoneNumber).toBe('+15550100003');
  });

  it('cannot be had where there is none in the country', async () => {
    const fake = fakeConnect({ claimNumber: ['taken', 'taken', 'taken'] });
    expect(await failure(setup(fake, 'voice', { countryCode: 'LI', phoneNumberType: 'TOLL_FREE' }).deploy())).toEqual({
      code: 'no-number-available',
      message:
        'Amazon Connect has no TOLL_FREE number in LI at the moment. Choose another country or type, or retry later.',
    });
  });

  it.each([
    ['connect-quota-exceeded', new ConnectRefusal('quota', 'At most 5 numbers.')],
    ['contact-flow-rejected', new ConnectRefusal('flow-rejected', 'Invalid Action property value.')],
    ['connect-refused', new ConnectRefusal('refused', 'Access denied.')],
  ])('fails for good with %s, in words to act on', async (code, refusal) => {
    expect(await failure(setup(fakeConnect({ ensureFlow: [refusal] }), 'voice').deploy())).toEqual({
      code,
      message: expect.stringContaining(refusal.message),
    });
  });

  it('is tried again when Connect throttles: nothing is made twice', async () => {
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    const fake = fakeConnect({ connectNumber: [throttled], associateLambda: [throttled] });
    const channel = setup(fake, 'voice');
    await expect(channel.deploy()).rejects.toBe(throttled);
    await channel.deploy();
    fake.settle();
    await expect(channel.deploy()).rejects.toBe(throttled);
    expect({ outcome: await channel.deploy(), numbers: fake.state.numbers.size, flows: fake.state.flows.size }).toEqual(
      {
        outcome: { status: 'active' },
        numbers: 1,
        flows: 1,
      },
    );
  });

  it('fails for a quota that shows only after the claim, and is claimed anew when it is retried', async () => {
    const fake = fakeConnect();
    const channel = setup(fake, 'voice');
    await channel.deploy();
    const [id, number] = [...fake.state.numbers][0] ?? ['', undefined];
    if (number !== undefined)
      fake.state.numbers.set(id, { ...number, status: 'failed', message: 'Service quota exceeded.' });
    const failed = await failure(channel.deploy());
    const retried = await channel.deploy();
    fake.settle();
    expect({ failed, retried: retried.status, done: await channel.deploy(), held: fake.state.numbers.size }).toEqual({
      failed: { code: 'connect-quota-exceeded', message: expect.stringContaining('Service quota exceeded.') },
      retried: 'pending',
      done: { status: 'active' },
      held: 1,
    });
  });

  it('is exchanged when its owner wants one of another country', async () => {
    const fake = fakeConnect();
    const settings: Record<string, unknown> = { countryCode: 'US' };
    const channel = setup(fake, 'voice', settings);
    await channel.deploy();
    fake.settle();
    await channel.deploy();
    for (const [id, number] of fake.state.numbers) fake.state.numbers.set(id, { ...number, countryCode: 'US' });
    settings.countryCode = 'DE';
    const outcome = await channel.deploy();
    expect({ outcome: outcome.status, number: channel.resources().phoneNumber, held: fake.state.numbers.size }).toEqual(
      {
        outcome: 'pending',
        number: '+15550100002',
        held: 1,
      },
    );
  });

  it('has an instance of its own where that is asked for, which goes with it', async () => {
    const fake = fakeConnect();
    const channel = setup(fake, 'voice', { dedicatedInstance: true });
    const making = await channel.deploy();
    fake.settle();
    await channel.deploy();
    fake.settle();
    const done = await channel.deploy();
    const arn = channel.resources().connectInstanceArn;
    const retired = [await channel.retire(), await channel.retire()];
    expect({ making, done, arn, retired, left: fake.state.instances.size }).toEqual({
      making: { status: 'pending', detail: 'Amazon Connect is making the instance.' },
      done: { status: 'active' },
      arn: `arn:aws:connect:us-east-1:111122223333:instance/${instanceAlias('oratio-dev', AGENT.agentId)}`,
      retired: [{ status: 'pending' }, { status: 'done' }],
      left: 0,
    });
  });

  it('gets a name that Connect takes, of the longest stage too, the same every time and another for each agent', () => {
    const longest = 'oratio-abcdefghijkl';
    const names = [AGENT.agentId, AGENT.agentId, '0192f0c0-0000-7000-8000-000000000002'].map((agentId) =>
      instanceAlias(longest, agentId),
    );
    expect({
      distinct: new Set(names).size,
      taken: names.every((name) => /^(?!d-)[\da-zA-Z]+(?:-*[\da-zA-Z])*$/.test(name) && name.length <= 45),
    }).toEqual({ distinct: 2, taken: true });
  });

  it('cannot be had on a stage without Amazon Connect', async () => {
    const channel = setup(fakeConnect(), 'voice', {}, { shared: undefined });
    expect(await failure(channel.deploy())).toMatchObject({ code: 'connect-not-configured' });
    expect(await channel.retire()).toEqual({ status: 'done' });
  });

  it('listens by Lex where the stage has a bot', async () => {
    const lexBotAliasArn = 'arn:aws:lex:us-east-1:111122223333:bot-alias/ABCDEFGHIJ/TSTALIASID';
    const fake = fakeConnect();
    await setup(fake, 'voice', {}, { lexBotAliasArn }).deploy();
    expect([...fake.state.bots]).toEqual([`${SHARED.instanceArn} ${lexBotAliasArn}`]);
    expect(JSON.stringify([...fake.state.flows.values()])).toContain('ConnectParticipantWithLexBot');
  });
});

describe('SMS and chats of Amazon Connect', () => {
  it('bring a registered number, and say what to do without one', async () => {
    const phoneNumberArn = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-1';
    const fake = fakeConnect();
    const channel = setup(fake, 'sms', { phoneNumberArn });
    await channel.deploy();
    fake.settle();
    expect({
      outcome: await channel.deploy(),
      accounts: [...channel.accounts.keys()],
      without: await failure(setup(fake, 'sms').deploy()),
    }).toEqual({
      outcome: { status: 'active' },
      accounts: ['+15550177777'],
      without: { code: 'sms-number-required', message: expect.stringContaining('AWS End User Messaging') },
    });
  });

  it('need no number for a chat: its flow names the agent', async () => {
    const fake = fakeConnect();
    const channel = setup(fake, 'chat');
    const outcome = await channel.deploy();
    const flows = JSON.stringify([...fake.state.flows.values()]);
    expect({
      outcome,
      accounts: [...channel.accounts.keys()],
      named: flows.includes(`"account":"${AGENT.agentId}"`),
    }).toEqual({
      outcome: { status: 'active' },
      accounts: [AGENT.agentId],
      named: true,
    });
  });
});
