import { beforeEach, describe, expect, test } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import type { Channel, ChannelType } from '../../shared/channels/channel.ts';
import { CHANNEL_OPERATIONS } from '../../shared/channels/channel-operations.ts';
import { plainChannel } from '../../shared/channels/channel-settings.ts';
import { listChannels, putChannels, retryChannel } from '../../shared/channels/manage-channels.ts';
import { httpLambda } from '../../shared/http/http-lambda.ts';
import { servingAgent } from '../access/support/tables.ts';
import { httpEvent, jsonEvent } from '../agents/support/events.ts';
import { memory } from '../agents/support/memory.ts';
import { channelRow, memoryChannels } from './support/memory-channels.ts';

const AGENT_ID = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
let api: ReturnType<typeof memory>;
let channels: ReturnType<typeof memoryChannels>;
let handler: (event: ReturnType<typeof httpEvent>) => Promise<{ statusCode: number; body?: string }>;

const agent = (change: Partial<Agent> = {}): Agent => {
  const row = servingAgent(AGENT_ID, change);
  api.agents.set(`ann#${AGENT_ID}`, row);
  return row;
};
const KEY = { userId: 'ann', agentId: AGENT_ID } as unknown as Pick<Agent, 'userId' | 'agentId'>;
const has = (type: ChannelType, change: Partial<Channel> = {}) =>
  channels.store.insert(channelRow(KEY, type, { status: 'active', settings: plainChannel(type).settings, ...change }));

beforeEach(() => {
  api = memory();
  channels = memoryChannels();
  const deps = { ...api.deps, channels: channels.store };
  handler = httpLambda(CHANNEL_OPERATIONS)({
    listChannels: listChannels(deps),
    putChannels: putChannels(deps),
    retryChannel: retryChannel(deps),
  }) as typeof handler;
});

const answered = async (event: ReturnType<typeof httpEvent>) => {
  const { statusCode, body = '' } = await handler(event);
  const {
    code,
    message,
    status,
    channels: shown,
  } = JSON.parse(body) as {
    readonly code?: string;
    readonly message?: string;
    readonly status?: unknown;
    readonly channels?: readonly Pick<Channel, 'channelType' | 'status'>[];
  };
  const brief = shown?.map((one) => `${one.channelType} ${one.status}`);
  return code === undefined ? { statusCode, status, message, channels: brief } : { statusCode, code };
};
const params = { agentId: AGENT_ID };
const put = (wanted: unknown, user = 'ann') =>
  answered(jsonEvent({ routeKey: 'PUT /api/v1/agents/{agentId}/channels', params, user }, { channels: wanted }));
const get = (user = 'ann') => answered(httpEvent({ routeKey: 'GET /api/v1/agents/{agentId}/channels', params, user }));
const retry = (channelType: string) =>
  answered(
    httpEvent({
      routeKey: 'POST /api/v1/agents/{agentId}/channels/{channelType}/retry',
      params: { ...params, channelType },
    }),
  );

describe('PUT /agents/{agentId}/channels', () => {
  test('adds, changes and removes in one run of the version that serves', async () => {
    agent();
    await has('voice');
    await has('chat');
    await has('instagram');
    const wanted = ['chat', 'whatsapp', { channelType: 'instagram', settings: { accountId: '1784' } }];
    expect(await put(wanted)).toEqual({
      statusCode: 202,
      status: 'updating',
      message: 'The channels are being changed',
      channels: ['chat active', 'instagram provisioning', 'voice retiring', 'whatsapp provisioning'],
    });
    expect(api.runs).toEqual([
      {
        name: `${AGENT_ID}-v1-r2`,
        input: { ...KEY, version: 1, run: 2, resumeFrom: 'DeployChannels' },
      },
    ]);
    const runs = [...channels.rows.values()].map(({ channelType, run }) => `${channelType} ${run}`);
    expect(runs.sort()).toEqual(['chat 1', 'instagram 2', 'voice 2', 'whatsapp 2']);
    expect(api.agents.get(`ann#${AGENT_ID}`)).toMatchObject({ status: 'updating', restsIn: 'active' });
  });

  test('asked twice changes nothing more', async () => {
    agent();
    await has('voice', { status: 'failed' });
    expect(await put(['voice'])).toMatchObject({ statusCode: 200, message: 'Nothing to change' });
    expect(api.runs).toEqual([]);
  });

  test('serves an older version than the one that failed', async () => {
    agent({ version: 3, activeVersion: 2, provisioning: { run: 5, version: 3, status: 'failed', steps: {} } });
    await put(['chat']);
    expect(api.runs[0]?.name).toBe(`${AGENT_ID}-v2-r6`);
  });

  test.each(['creating', 'updating', 'deleting'] as const)('waits for an agent that is %s', async (status) => {
    agent({ status, provisioning: { run: 1, version: 1, status: 'running', startedAtMs: 9e15, steps: {} } });
    expect(await put(['chat'])).toEqual({ statusCode: 409, code: 'agent-busy' });
    expect(channels.rows.size).toBe(0);
  });

  test('of an agent that failed keeps the wish for its retry', async () => {
    agent({ status: 'failed', provisioning: { run: 1, version: 1, status: 'failed', steps: {} } });
    expect(await put(['chat'])).toMatchObject({ statusCode: 202, status: 'failed', channels: ['chat provisioning'] });
    expect(api.runs).toEqual([]);
  });

  test('refuses one that is still being removed', async () => {
    agent();
    await has('voice', { status: 'retiring' });
    expect(await put(['voice'])).toEqual({ statusCode: 409, code: 'channel-busy' });
  });

  test('a run that cannot be started leaves the agent as it was, and the same request tries again', async () => {
    agent();
    api.breaks.set('workflow.start', new Error('down'));
    expect(await put(['chat'])).toMatchObject({ statusCode: 202, status: 'active', channels: ['chat provisioning'] });
    api.breaks.clear();
    expect(await put(['chat'])).toMatchObject({ statusCode: 202, status: 'updating' });
    expect(api.runs.map(({ name }) => name)).toEqual([`${AGENT_ID}-v1-r3`]);
  });

  test.each([
    ['no list', 'voice'],
    ['a type twice', ['voice', 'voice']],
    ['an unknown platform', ['telegram']],
    ['settings of another type', [{ channelType: 'chat', settings: { accountId: '1' } }]],
    ['a million channels', Array.from({ length: 20_000 }, () => 'voice')],
  ])('refuses %s', async (_, wanted) => {
    agent();
    expect(await put(wanted)).toEqual({ statusCode: 400, code: 'invalid-request' });
  });

  test('knows nothing of another tenant’s agent', async () => {
    agent();
    expect([await put(['chat'], 'bob'), await get('bob')]).toEqual([
      { statusCode: 404, code: 'agent-not-found' },
      { statusCode: 404, code: 'agent-not-found' },
    ]);
  });
});

describe('POST …/channels/{channelType}/retry', () => {
  test('tries a failed channel again, and no other', async () => {
    agent();
    await has('voice', { status: 'failed', statusReason: { code: 'channel-failed', message: 'No number.' } });
    await has('whatsapp');
    expect(await retry('voice')).toMatchObject({
      statusCode: 202,
      channels: ['voice provisioning', 'whatsapp active'],
    });
    expect(channels.rows.get(`ann#${AGENT_ID}#voice`)).not.toHaveProperty('statusReason');
    expect(api.runs[0]?.input.resumeFrom).toBe('DeployChannels');
  });

  test('releases again what could not be released', async () => {
    agent();
    await has('voice', { status: 'retiring', statusReason: { code: 'channel-failed', message: 'In use.' } });
    expect(await retry('voice')).toMatchObject({ statusCode: 202, channels: ['voice retiring'] });
  });

  test.each([
    ['voice', 409, 'nothing-to-retry'],
    ['chat', 404, 'channel-not-found'],
    ['pigeon', 404, 'channel-not-found'],
  ])('of %s answers %i %s', async (type, statusCode, code) => {
    agent();
    await has('voice');
    expect(await retry(type)).toEqual({ statusCode, code });
  });
});
