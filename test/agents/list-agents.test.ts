import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentStatus, AgentType } from '../../shared/agents/agent.ts';
import { dynamoAgentReaches } from '../../shared/agents/agent-reach-dynamodb.ts';
import { AgentListView } from '../../shared/agents/agent-view-schemas.ts';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import { listAgents } from '../../shared/agents/list-agents.ts';
import { CHANNEL_TYPES, type ChannelStatus, type ChannelType } from '../../shared/channels/channel.ts';
import { dynamoChannelStore } from '../../shared/channels/channels-dynamodb.ts';
import type { AgentId, UserId } from '../../shared/kernel/ids.ts';
import { servingAgent, startTables, TABLES } from '../access/support/tables.ts';
import { channelRow } from '../channels/support/memory-channels.ts';
import { httpLambda } from '../http/support/api-lambda.ts';
import { httpEvent } from './support/events.ts';

const idOf = (index: number) => `019a5c1e-7d00-7a3b-9c55-${String(index).padStart(12, '0')}` as AgentId;

describe('the listing of agents with their channels and numbers', () => {
  let world: Awaited<ReturnType<typeof startTables>>;
  let send: ReturnType<typeof httpLambda>;

  const channels = () => dynamoChannelStore(TABLES, world.client);
  const putAgent = async (userId: string, index: number, agentType: AgentType, status: AgentStatus = 'active') => {
    const agentId = idOf(index);
    const row = { ...servingAgent(agentId, { agentName: `${index}`, agentType, status }), userId: userId as UserId };
    await world.putAgent({ ...row, listKey: agentId, statusKey: `${status}#${agentId}` } as typeof row);
  };
  const putChannel = (userId: string, index: number, channelType: ChannelType, phoneNumber?: string) => {
    const row = channelRow({ userId: userId as UserId, agentId: idOf(index) }, channelType);
    const resources = phoneNumber === undefined ? {} : { phoneNumber };
    return channels().insert({ ...row, status: 'provisioning' satisfies ChannelStatus, resources });
  };
  const putNumber = (userId: string, phoneNumber: string, index?: number) => {
    const Item = { userId, phoneNumber, ...(index === undefined ? {} : { agentId: idOf(index) }) };
    return world.client.send(new PutCommand({ TableName: TABLES.PHONE_NUMBERS_TABLE, Item }));
  };
  const page = async (query: Record<string, string>, user: string) => {
    const answer = await send(httpEvent({ routeKey: 'GET /api/v1/agents', query, user }));
    return AgentListView.parse(JSON.parse(answer.body ?? ''));
  };
  const find = async (query: Record<string, string>, user: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { agents, nextCursor }: Awaited<ReturnType<typeof page>> = await page(
        { ...query, ...(cursor === '' ? {} : { cursor }) },
        user,
      );
      found.push(...agents.map(({ agentName }) => agentName));
      cursor = nextCursor;
    }
    return found;
  };

  beforeAll(async () => {
    world = await startTables();
    const deps = {
      agents: dynamoAgentStore(TABLES, world.client),
      reaches: dynamoAgentReaches(TABLES, world.client),
      cursorKey: { read: async () => 'secret' },
    };
    send = httpLambda({ listAgents: listAgents(deps) }, () => {});
    await putAgent('ann', 1, 'voice');
    await putAgent('ann', 2, 'text', 'failed');
    await putAgent('ann', 3, 'both');
    await putAgent('bob', 4, 'both');
    await putChannel('ann', 1, 'voice', '+15550001');
    await putChannel('ann', 3, 'whatsapp');
    await putChannel('ann', 3, 'sms', '+15550003');
    await putChannel('bob', 4, 'whatsapp');
    await putNumber('ann', '+15550001', 1);
    await putNumber('ann', '+15550002', 1);
    await putNumber('ann', '+15550009');
    await putNumber('bob', '+15550004', 4);
    await channels().claimAccount(
      { channelType: 'whatsapp', accountId: 'a' },
      { userId: 'ann' as UserId, agentId: idOf(3) },
    );
  });
  afterAll(() => world.stop());

  it('shows each agent’s own, and nobody else’s', async () => {
    const { agents } = await page({}, 'ann');
    expect(agents.map(({ agentName, ...agent }) => [agentName, agent.channels, agent.phoneNumbers])).toEqual([
      [
        '3',
        [
          { channelType: 'sms', status: 'provisioning' },
          { channelType: 'whatsapp', status: 'provisioning' },
        ],
        ['+15550003'],
      ],
      ['2', [], []],
      ['1', [{ channelType: 'voice', status: 'provisioning' }], ['+15550001', '+15550002']],
    ]);
  });

  it('follows each change of a channel, however often it is told', async () => {
    const key = { userId: 'ann' as UserId, agentId: idOf(1), channelType: 'voice' } as const;
    const shown = async () => (await page({ channel: 'voice' }, 'ann')).agents.map((agent) => agent.channels);
    await channels().transition(key, 'activate', {}, { now: 2 });
    await channels().transition(key, 'activate', {}, { now: 3 });
    const active = await shown();
    await channels().transition(key, 'retire', {}, { now: 4 });
    await channels().remove(key);
    await channels().remove(key);
    expect({ active, gone: await shown() }).toEqual({
      active: [[{ channelType: 'voice', status: 'active' }]],
      gone: [],
    });
  });

  it('is narrowed to a channel, a type and a status, together and page by page', async () => {
    const found = await Promise.all([
      find({ channel: 'whatsapp' }, 'ann'),
      find({ channel: 'sms', agentType: 'both', limit: '1' }, 'ann'),
      find({ channel: 'sms', agentType: 'text' }, 'ann'),
      find({ agentType: 'text', status: 'failed' }, 'ann'),
      find({ agentType: 'text', status: 'active' }, 'ann'),
      find({ agentType: 'both', skip: '1' }, 'ann'),
      find({ channel: 'whatsapp' }, 'bob'),
    ]);
    expect(found).toEqual([['3'], ['3'], [], ['2'], [], [], ['4']]);
  });

  it('reads the channels of any choice among many agents, in reads of any size', async () => {
    const userId = 'dora' as UserId;
    const has = new Map<AgentId, readonly ChannelType[]>();
    for (let index = 0; index < 20; index += 1) {
      const types = CHANNEL_TYPES.filter((_, type) => (index * 7 + type * 3) % 5 < index % 4);
      await Promise.all(types.map((type) => putChannel(userId, index, type)));
      has.set(idOf(index), types);
    }
    const choice = fc.uniqueArray(fc.nat({ max: 25 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(choice, fc.integer({ min: 1, max: 9 }), async (chosen, atOnce) => {
        const reaches = await dynamoAgentReaches(TABLES, world.client, atOnce).of(userId, chosen.map(idOf));
        const read = [...reaches].map(([agentId, reach]) => [agentId, reach.channels.map((one) => one.channelType)]);
        const expected = chosen
          .map((index) => [idOf(index), has.get(idOf(index))?.toSorted() ?? []] as const)
          .filter(([, types]) => types.length > 0);
        expect(new Map(read as [string, string[]][])).toEqual(new Map(expected));
      }),
      { numRuns: 40 },
    );
  });
});
