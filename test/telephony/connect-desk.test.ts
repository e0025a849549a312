import { ClaimPhoneNumberCommand, DescribePhoneNumberCommand } from '@aws-sdk/client-connect';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import type { AgentId, UserId } from '../../shared/kernel/ids.ts';
import { connectDesk } from '../../shared/telephony/connect-desk.ts';
import { connectNumbers } from '../../shared/telephony/connect-numbers-api.ts';
import { channelRow, memoryChannels } from '../channels/support/memory-channels.ts';
import { bye, type ConnectHost, flowOf, hostConnect, publish } from '../local/connect/support.ts';
import { phoneNumberRow } from './support/phone-number-row.ts';

const ANN = { userId: 'ann' as UserId, agentId: 'a1' as AgentId };
const OTHER = { userId: 'ann' as UserId, agentId: 'a2' as AgentId };
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    ({ code, problem }: { code?: string; problem?: { code?: string } }) => code ?? problem?.code,
  );

describe('numbers of Amazon Connect', () => {
  let host: ConnectHost;
  let instance: { readonly arn: string; readonly id: string };
  let channels: ReturnType<typeof memoryChannels>;

  beforeEach(async () => {
    host = await hostConnect();
    instance = await host.instance();
    channels = memoryChannels();
  });
  afterEach(() => host.discard());

  const desk = () => {
    const { endpoint, credentials } = host.root;
    const context = {
      region: 'us-east-1',
      keys: credentials,
      endpointUrl: endpoint,
      now: host.clock.now,
      pause: async () => undefined,
    };
    const connect = connectNumbers(instance.arn, context);
    return connectDesk({ connect, instanceArn: instance.arn, stage: 'dev', channels: channels.store });
  };
  const describeNumber = async (PhoneNumberId: string) =>
    (await host.connect.send(new DescribePhoneNumberCommand({ PhoneNumberId }))).ClaimedPhoneNumberSummary;

  it('are offered, claimed once a claim, found by its tags, and given back', async () => {
    const [offer] = await desk().search({ country: 'US', type: 'local', areaCode: '206', limit: 2 });
    const wanted = { phoneNumber: offer?.phoneNumber ?? '', userId: 'ann', claimId: 'c-1' };
    const [claimed, again] = [await desk().claim(wanted), await desk().claim(wanted)];
    const taken = await desk().claim({ ...wanted, claimId: 'c-2' });
    await host.clock.advance(60_000);
    const { numbers: listed } = await desk().list();
    const found = await desk().find(wanted.phoneNumber);
    const number = phoneNumberRow({ ...wanted, provider: 'connect', providerId: claimed?.providerId ?? '' });
    await desk().release(number);
    await desk().release(number);
    const told = { ...claimed };
    expect({ offer, told, same: again?.providerId, taken, listed, found, left: await desk().list() }).toEqual({
      offer: {
        phoneNumber: '+12065550100',
        country: 'US',
        type: 'local',
        capabilities: { voice: true, sms: false, mms: false },
      },
      told: {
        phoneNumber: '+12065550100',
        providerId: expect.any(String),
        country: 'US',
        type: 'local',
        capabilities: { voice: true, sms: false, mms: false },
        isInProgress: true,
        owner: { userId: 'ann' },
        claimId: 'c-1',
      },
      same: claimed?.providerId,
      taken: undefined,
      listed: [expect.objectContaining({ phoneNumber: '+12065550100' })],
      found: expect.objectContaining({ owner: { userId: 'ann' }, claimId: 'c-1' }),
      left: { numbers: [], isWhole: true },
    });
    expect(await desk().search({ country: 'US', type: 'mobile', limit: 2 })).toEqual([]);
  });

  it('of another stage are nobody’s here; of a channel they are its agent’s', async () => {
    const tags = { userId: 'ann', agentId: 'a1', platform: 'oratio', resourceType: 'channel' };
    for (const [number, environment] of [
      ['+12065550101', 'dev'],
      ['+12065550102', 'prod'],
    ] as const) {
      const command = new ClaimPhoneNumberCommand({
        PhoneNumber: number,
        TargetArn: instance.arn,
        Tags: { ...tags, environment },
      });
      await host.connect.send(command);
    }
    expect([await desk().find('+12065550101'), await desk().find('+12065550102')].map((one) => one?.owner)).toEqual([
      { userId: 'ann', agentId: 'a1' },
      { userId: 'prod#', agentId: 'a1' },
    ]);
  });

  it('over the quota of the instance are refused, and nothing is left of them', async () => {
    host.services.connect.limits.phoneNumbers = 0;
    const wanted = { phoneNumber: '+12065550103', userId: 'ann', claimId: 'c-1' };
    const code = await codeOf(
      (async () => {
        await desk().claim(wanted);
        await host.clock.advance(60_000);
        return desk().claim(wanted);
      })(),
    );
    expect({ code, left: (await desk().list()).numbers }).toEqual({ code: 'connect-quota-exceeded', left: [] });
  });

  it('are answered by the agent that its row names, through the flow of its channel', async () => {
    const flowId = await publish(host, instance.id, flowOf(bye));
    const contactFlowArn = `${instance.arn}/contact-flow/${flowId}`;
    await channels.store.insert(channelRow(ANN, 'voice', { status: 'active', resources: { contactFlowArn } }));
    await channels.store.insert(channelRow(OTHER, 'voice', { status: 'failed' }));
    const claimed = await desk().claim({ phoneNumber: '+12065550104', userId: 'ann', claimId: 'c-1' });
    await host.clock.advance(60_000);
    const providerId = claimed?.providerId ?? '';
    const number = phoneNumberRow({ phoneNumber: '+12065550104', userId: 'ann', provider: 'connect', providerId });
    const account = { channelType: 'voice' as const, accountId: number.phoneNumber };
    // Whom the number had before, by whatever was broken off.
    await channels.store.claimAccount(account, OTHER);

    await desk().point({ ...number, inboundAgentId: 'a1' });
    const answering = await channels.store.findAccount(account);
    await desk().point(number);
    expect({
      answering,
      after: await channels.store.findAccount(account),
      there: (await describeNumber(providerId))?.PhoneNumber,
      able: await codeOf(desk().demandAnswering(ANN as unknown as Agent)),
      unable: await codeOf(desk().demandAnswering(OTHER as unknown as Agent)),
    }).toEqual({
      answering: ANN,
      after: undefined,
      there: '+12065550104',
      able: 'none',
      unable: 'channel-not-found',
    });
  });
});
