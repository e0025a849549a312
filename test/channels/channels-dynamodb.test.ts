import { setTimeout } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDynamoDb } from '../../local/services/dynamodb/index.ts';
import { CHANNEL_STATUSES, CHANNEL_TRANSITIONS, type ChannelTransition } from '../../shared/channels/channel.ts';
import type { ChannelStore } from '../../shared/channels/channel-store.ts';
import { dynamoChannelStore } from '../../shared/channels/channels-dynamodb.ts';
import type { AgentId, UserId } from '../../shared/kernel/ids.ts';
import { startAiCloud } from '../local/support/ai-cloud.ts';
import { channelRow, memoryChannels } from './support/memory-channels.ts';

const keyOf = (userId: string, agentId: string) => ({ userId: userId as UserId, agentId: agentId as AgentId });
const ANN = keyOf('ann', 'a1');
const BOB = keyOf('bob', 'b1');

/** Sleeps as long as it is told: tables look for what has expired in a loop. */
const CLOCK = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => setTimeout(ms, undefined, { ref: false, signal }),
};

let store: ChannelStore;
let stop: () => Promise<void>;

beforeAll(async () => {
  const cloud = await startAiCloud((context) => [makeDynamoDb(context)], CLOCK);
  const plain = new DynamoDBClient(cloud.settings);
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await plain.send(
    new CreateTableCommand({
      TableName: 'channels',
      KeySchema: keys('agentKey', 'channelType'),
      AttributeDefinitions: ['agentKey', 'channelType', 'userId'].map(text),
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        {
          IndexName: 'userId-index',
          KeySchema: keys('userId', 'channelType'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
  store = dynamoChannelStore({ CHANNELS_TABLE: 'channels' }, client);
  stop = async () => {
    client.destroy();
    await cloud.stop();
  };
});
afterAll(() => stop());

test('an agent has a channel of each type once; nobody else sees it', async () => {
  const voice = channelRow(ANN, 'voice');
  expect([await store.insert(voice), await store.insert(voice)]).toEqual([true, false]);
  await store.insert(channelRow(ANN, 'chat', { status: 'active' }));
  await store.insert(channelRow(BOB, 'voice'));
  expect(await store.list(ANN)).toEqual([channelRow(ANN, 'chat', { status: 'active' }), voice]);
  expect(await store.find({ ...ANN, channelType: 'sms' })).toBeUndefined();
  expect(await store.listOfTenant(ANN.userId, 'voice')).toEqual([voice]);
});

test('what a channel has outside is added up, and known even when another run has it', async () => {
  const key = { ...ANN, channelType: 'sms' as const };
  await store.insert(channelRow(ANN, 'sms', { run: 2 }));
  await store.keep(key, { connectInstanceArn: 'arn:instance' }, 7);
  const kept = await store.keep(key, { phoneNumber: '+15550100' }, 8);
  const expected = channelRow(ANN, 'sms', {
    run: 2,
    resources: { connectInstanceArn: 'arn:instance', phoneNumber: '+15550100' },
    updatedAt: 8,
  });
  expect(kept).toEqual(expected);
  expect(await store.update(key, { attempt: 5 }, { now: 9, run: 1 })).toEqual({ written: false, current: expected });
  expect(await store.keep({ ...ANN, channelType: 'facebook' }, { accountId: 'x' }, 9)).toBeUndefined();
});

test('only a channel that is being retired can be removed', async () => {
  const key = { ...ANN, channelType: 'twitter' as const };
  await store.insert(channelRow(ANN, 'twitter', { status: 'active' }));
  await store.remove(key);
  expect(await store.find(key)).toBeDefined();
  await store.transition(key, 'retire', {}, { now: 1 });
  await store.remove(key);
  await store.remove(key);
  expect(await store.find(key)).toBeUndefined();
});

test('an account is answered by one agent, until that one lets go of it', async () => {
  const page = { channelType: 'facebook', accountId: 'page-1' } as const;
  expect(await store.claimAccount(page, ANN)).toBe(true);
  expect(await store.claimAccount(page, ANN)).toBe(true);
  expect(await store.claimAccount(page, BOB)).toBe(false);
  // The same id of another platform is another account.
  expect(await store.claimAccount({ ...page, channelType: 'instagram' }, BOB)).toBe(true);
  await store.releaseAccount(page, BOB);
  expect(await store.findAccount(page)).toEqual(ANN);
  await store.releaseAccount(page, ANN);
  expect(await store.findAccount(page)).toBeUndefined();
  expect(await store.claimAccount(page, BOB)).toBe(true);
});

test('of twenty agents that want one account at once, one gets it', async () => {
  const account = { channelType: 'whatsapp', accountId: '1234' } as const;
  const agents = Array.from({ length: 20 }, (_, index) => keyOf('ann', `c${index}`));
  const won = await Promise.all(agents.map((agent) => store.claimAccount(account, agent)));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await store.findAccount(account)).toEqual(agents[won.indexOf(true)]);
});

test('a webhook is a tenant’s own', async () => {
  const webhook = { webhookId: 'w1', userId: ANN.userId, platform: 'meta', createdAt: 5 };
  expect([await store.putWebhook(webhook), await store.putWebhook({ ...webhook, userId: BOB.userId })]).toEqual([
    true,
    false,
  ]);
  await store.removeWebhook({ webhookId: 'w1', userId: BOB.userId });
  expect(await store.findWebhook('w1')).toEqual(webhook);
  await store.removeWebhook(webhook);
  expect(await store.findWebhook('w1')).toBeUndefined();
});

const steps = fc.array(
  fc.record({
    name: fc.constantFrom(...(Object.keys(CHANNEL_TRANSITIONS) as ChannelTransition[])),
    run: fc.constantFrom(undefined, 1, 2),
    newRun: fc.constantFrom(undefined, 1, 2),
  }),
  { minLength: 1, maxLength: 12 },
);

test('whatever is asked of a channel, its status moves along the table only, and nobody but its run moves it', async () => {
  let index = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (asked) => {
      index += 1;
      const agent = keyOf('property', `p${index}`);
      const key = { ...agent, channelType: 'voice' as const };
      const memory = memoryChannels();
      for (const one of [store, memory.store]) await one.insert(channelRow(agent, 'voice'));
      for (const { name, run, newRun } of asked) {
        const before = await store.find(key);
        const change = newRun === undefined ? {} : { run: newRun };
        const options = { now: 9, ...(run === undefined ? {} : { run }) };
        const { written } = await store.transition(key, name, change, options);
        const { from, to } = CHANNEL_TRANSITIONS[name];
        const legal = (from as readonly string[]).includes(before?.status ?? '');
        expect(written).toBe(legal && (run === undefined || run === before?.run));
        expect((await store.find(key))?.status).toBe(written ? to : before?.status);
        // The tables that other tests run on refuse and allow the same.
        expect((await memory.store.transition(key, name, change, options)).written).toBe(written);
        expect(await memory.store.find(key)).toEqual(await store.find(key));
      }
    }),
    { numRuns: 40 },
  );
});

test('every status can be reached and retired, and nothing leads out of "retiring"', () => {
  const edges = Object.values(CHANNEL_TRANSITIONS);
  expect(CHANNEL_STATUSES.filter((status) => !edges.some(({ to }) => to === status))).toEqual([]);
  expect([...CHANNEL_TRANSITIONS.retire.from].sort()).toEqual([...CHANNEL_STATUSES].sort());
  const out = edges.filter(({ from, to }) => (from as readonly string[]).includes('retiring') && to !== 'retiring');
  expect(out).toEqual([]);
});
