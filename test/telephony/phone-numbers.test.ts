import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newAccount } from '../../local/twilio/account.ts';
import { type LocalTwilio, startTwilio } from '../../local/twilio/index.ts';
import { dynamoPhoneNumberStore } from '../../shared/telephony/phone-numbers-dynamodb.ts';
import { startTables, TABLES } from '../access/support/tables.ts';
import { memoryStore } from '../local/support/memory-store.ts';
import {
  A1,
  A2,
  AGENTS,
  ANN,
  B1,
  BOB,
  NOW,
  numbersWorld,
  type Query,
  type View,
  VOICE_URL,
} from './support/numbers-world.ts';

describe('numbers', () => {
  let tables: Awaited<ReturnType<typeof startTables>>;
  let twilio: LocalTwilio;
  let world: ReturnType<typeof numbersWorld>;

  const atTwilio = (phoneNumber: string) => twilio.numbers().find((number) => number.phoneNumber === phoneNumber);
  const STAGE = '+12025550100';

  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.stop());

  beforeEach(async () => {
    await twilio?.close();
    twilio = await startTwilio({
      account: newAccount(),
      store: memoryStore(),
      port: 0,
      numbers: [STAGE, '+12025550101'],
    });
    const store = dynamoPhoneNumberStore(TABLES, tables.client);
    for (const userId of ['ann', 'bob', '#nobody']) {
      const { numbers } = await store.list({ userId, limit: 100 });
      for (const number of numbers) await forget(number.phoneNumber);
    }
    world = numbersWorld(tables, twilio);
  });
  afterAll(() => twilio.close());

  const forget = async (phoneNumber: string): Promise<void> => {
    const { DeleteCommand } = await import('@aws-sdk/lib-dynamodb');
    await tables.client.send(new DeleteCommand({ TableName: TABLES.PHONE_NUMBERS_TABLE, Key: { phoneNumber } }));
  };

  const row = (change: Partial<View>) => ({
    phoneNumber: STAGE,
    provider: 'twilio',
    country: null,
    type: null,
    capabilities: { voice: true, sms: true, mms: true },
    origin: 'stage',
    inboundAgentId: null,
    outboundAgentIds: [],
    assignedAt: null,
    claimedAt: null,
    vanishedAt: null,
    ...change,
  });

  it('of the account are seen by a sync, once however often it is made, and are anybody’s', async () => {
    const [first, second] = [await world.sync(), await world.sync(BOB)];
    const twilioOutcome = { status: 'synced', detail: null, numbers: 2, vanished: 0, repaired: 0 };
    const connect = { status: 'not-configured', detail: null, numbers: 0, added: 0, vanished: 0, repaired: 0 };
    expect({ first, second, listed: (await world.list(BOB))[0] }).toEqual({
      first: { twilio: { ...twilioOutcome, added: 2 }, connect, syncedAt: NOW },
      second: { twilio: { ...twilioOutcome, added: 0 }, connect, syncedAt: NOW },
      listed: row({ status: 'available', isYours: false }),
    });
  });

  it('are pointed at us with the assignment, and at nobody when it ends', async () => {
    const assigned = await world.assign(STAGE, A1);
    const pointed = atTwilio(STAGE)?.voiceUrl;
    const freed = await world.free(STAGE);
    expect({ assigned, pointed, freed, after: atTwilio(STAGE)?.voiceUrl, listed: await world.list() }).toEqual({
      assigned: row({ status: 'assigned', isYours: true, inboundAgentId: A1, assignedAt: NOW }),
      pointed: VOICE_URL,
      freed: 204,
      after: '',
      listed: [row({ status: 'available', isYours: false })],
    });
    expect(await world.free(STAGE)).toBe('phone-number-not-found');
  });

  it('have one agent that answers: of many requests at the same time one wins, whoever makes them', async () => {
    const racing = await Promise.all([A1, A2, B1, A1, A2, B1].map((agentId) => world.assign(STAGE, agentId)));
    const winners = racing.filter((answer) => answer !== 'phone-number-taken') as { inboundAgentId: string }[];
    const held = await world.numbers.find(STAGE);
    expect({
      winners: new Set(winners.map(({ inboundAgentId }) => inboundAgentId)).size,
      agent: held?.inboundAgentId,
      tenant: held?.userId,
      pending: held?.pending,
    }).toEqual({
      winners: 1,
      agent: winners[0]?.inboundAgentId,
      tenant: AGENTS[winners[0]?.inboundAgentId ?? ''],
      pending: undefined,
    });
  });

  it('go to another agent of the tenant only from the agent that is named', async () => {
    await world.assign(STAGE, A1);
    const unnamed = await world.assign(STAGE, A2);
    const misnamed = await world.assign(STAGE, A2, { replaces: B1 });
    const named = await world.assign(STAGE, A2, { replaces: A1 });
    const again = await world.assign(STAGE, A2, { replaces: A1 });
    const foreign = await world.assign(STAGE, B1, { replaces: A2 });
    expect({ unnamed, misnamed, named, again, foreign }).toEqual({
      unnamed: 'phone-number-taken',
      misnamed: 'phone-number-taken',
      named: row({ status: 'assigned', isYours: true, inboundAgentId: A2, assignedAt: NOW }),
      again: named,
      foreign: 'phone-number-taken',
    });
  });

  it('end as their row says, however requests that change them cross on their way to the provider', async () => {
    await world.assign(STAGE, A1);
    // While the end of the assignment is on its way to Twilio, the number is assigned anew and that arrives first.
    let isFirst = true;
    world.seen.before = async (method) => {
      if (method !== 'POST' || !isFirst) return;
      isFirst = false;
      await world.assign(STAGE, A2);
    };
    const freed = await world.free(STAGE);
    expect({ freed, row: await world.numbers.find(STAGE), pointed: atTwilio(STAGE)?.voiceUrl }).toMatchObject({
      freed: 204,
      row: { inboundAgentId: A2, userId: 'ann' },
      pointed: VOICE_URL,
    });
    expect((await world.numbers.find(STAGE))?.pending).toBeUndefined();
  });

  it('stay "pointing" while the provider does not answer; the same request, or a sync, finishes it', async () => {
    world.seen.lost = 1;
    const failed = await world.assign(STAGE, A1);
    const between = (await world.list())[0]?.status;
    const synced = await world.sync();
    expect({ failed, between, synced, after: await world.list() }).toMatchObject({
      failed: 'telephony-failed',
      between: 'pointing',
      synced: { twilio: { repaired: 1, added: 1 } },
      after: [{ status: 'assigned' }, { phoneNumber: '+12025550101' }],
    });
  });

  it('are called from by any number of agents of one tenant', async () => {
    await world.assign(STAGE, A1, { direction: 'outbound' });
    const both = await world.assign(STAGE, A2, { direction: 'outbound' });
    const foreign = await world.assign(STAGE, B1, { direction: 'outbound' });
    const unnamed = await world.free(STAGE, ANN, { direction: 'outbound' }).catch((error: unknown) => error);
    await world.free(STAGE, ANN, { direction: 'outbound', agentId: A1 });
    await world.free(STAGE, ANN, { direction: 'outbound', agentId: A2 });
    expect({ both, foreign, unnamed, after: await world.list() }).toEqual({
      both: row({ status: 'assigned', isYours: true, outboundAgentIds: [A1, A2] }),
      foreign: 'phone-number-taken',
      unnamed: 'invalid-request',
      after: [row({ status: 'available', isYours: false })],
    });
  });

  it('are offered, claimed and given back', async () => {
    const offers = (await world.offers({ areaCode: '415' })) as { offers: { phoneNumber: string }[] };
    const [offer] = offers.offers;
    const phoneNumber = offer?.phoneNumber ?? '';
    const claimed = await world.claim({ phoneNumber });
    const again = await world.claim({ phoneNumber });
    const foreign = await world.claim({ phoneNumber, userId: BOB });
    await world.assign(phoneNumber, A1);
    const refused = await world.release(phoneNumber);
    await world.free(phoneNumber);
    const [mine] = await world.list();
    const released = [await world.release(phoneNumber, BOB), await world.release(phoneNumber)];
    expect({
      offer,
      claimed,
      again,
      foreign,
      refused,
      mine: mine?.status,
      released,
      left: atTwilio(phoneNumber),
    }).toEqual({
      offer: {
        phoneNumber: '+14155550100',
        provider: 'twilio',
        country: 'US',
        type: 'local',
        locality: 'San Francisco',
        region: 'CA',
        capabilities: { voice: true, sms: true, mms: true },
      },
      claimed: row({
        phoneNumber,
        status: 'available',
        isYours: true,
        country: 'US',
        type: 'local',
        origin: 'claimed',
        claimedAt: NOW,
      }),
      again: claimed,
      foreign: 'phone-number-taken',
      refused: 'phone-number-assigned',
      mine: 'available',
      released: ['phone-number-not-found', 204],
      left: undefined,
    });
    expect(await world.release(phoneNumber)).toBe('phone-number-not-found');
  });

  it('are claimed once by a request whose answer was lost, when it is sent again or when a sync looks', async () => {
    world.seen.lost = 1;
    const lost = await world.claim({ key: 'k-1' });
    const between = (await world.list()).map(({ status }) => status);
    const again = (await world.claim({ key: 'k-1' })) as { phoneNumber: string; status: string };
    world.seen.lost = 1;
    await world.claim({ key: 'k-2' });
    const synced = await world.sync();
    const mine = (await world.list()).filter(({ origin }) => origin === 'claimed');
    expect({ lost, between, again: again.status, synced, mine: mine.map(({ status }) => status) }).toMatchObject({
      lost: 'telephony-failed',
      between: ['claiming'],
      again: 'available',
      synced: { twilio: { repaired: 1 } },
      mine: ['available', 'available'],
    });
    expect(twilio.numbers().length).toBe(4);
  });

  it('that the provider does not sell leave nothing behind', async () => {
    const nowhere = await world.claim({ country: 'FR' });
    const unsold = await world.claim({ phoneNumber: '+15005550001' });
    const known = await world.claim({ phoneNumber: STAGE });
    const nobody = await world.claim({ provider: 'connect', phoneNumber: '+12065550100' });
    expect({ nowhere, unsold, known, nobody, listed: await world.list() }).toEqual({
      nobody: 'connect-not-configured',
      nowhere: 'no-number-available',
      unsold: 'no-number-available',
      known: 'no-number-available',
      listed: [],
    });
  });

  it('that have vanished are marked, and unmarked when they are back; nobody’s are forgotten', async () => {
    await world.sync();
    await world.assign(STAGE, A1);
    const { url, account } = twilio;
    const authorization = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}`;
    for (const { sid } of twilio.numbers()) {
      const path = `${url}/2010-04-01/Accounts/${account.accountSid}/IncomingPhoneNumbers/${sid}.json`;
      await fetch(path, { method: 'DELETE', headers: { authorization } });
    }
    const synced = await world.sync();
    const gone = await world.list();
    expect({ synced, again: await world.sync(), gone: gone.map(({ vanishedAt }) => vanishedAt) }).toMatchObject({
      synced: { twilio: { vanished: 2, numbers: 0 } },
      again: { twilio: { vanished: 0 } },
      gone: [NOW],
    });
  });

  it('are listed by status, provider and agent, a page at a time', async () => {
    await world.sync();
    await world.assign(STAGE, A1);
    const numbersOf = async (query: Partial<Query<'listPhoneNumbers'>>) =>
      (await world.list(ANN, query)).map(({ phoneNumber }) => phoneNumber);
    expect({
      available: await numbersOf({ status: 'available' }),
      assigned: await numbersOf({ status: 'assigned' }),
      connect: await numbersOf({ provider: 'connect' }),
      ofAgent: await numbersOf({ agentId: A1.toUpperCase() }),
      page: await numbersOf({ limit: 1 }),
    }).toEqual({
      available: ['+12025550101'],
      assigned: [STAGE],
      connect: [],
      ofAgent: [STAGE],
      page: [STAGE],
    });
  });
});
