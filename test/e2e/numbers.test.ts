import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOnlySpeech } from '../../local/speech/text-only.ts';
import { Api } from './support/api.ts';
import { dial } from './support/caller.ts';
import { createAgent, isOver, startTalk, type TalkHarness } from './support/talk.ts';

interface NumberBody {
  readonly phoneNumber: string;
  readonly status: string;
  readonly code?: string;
  readonly isYours: boolean;
  readonly inboundAgentId: string | null;
  readonly outboundAgentIds: readonly string[];
}
interface StatisticsBody {
  readonly totals: Readonly<Record<string, unknown>>;
}

const STAGE = '+12025550100';
const path = (phoneNumber: string, rest = '') => `/api/v1/phone-numbers/${encodeURIComponent(phoneNumber)}${rest}`;

describe('numbers of a tenant, and what its agents did', () => {
  let harness: TalkHarness;
  let api: Api;
  let other: Api;
  /** Made while the other one is called. */
  let otherAgent: Promise<string>;
  let otherAgentId: string;

  beforeAll(async () => {
    harness = await startTalk({ speech: textOnlySpeech({ wordMs: 60 }) });
    ({ api } = harness);
    other = new Api(harness.cloud.apiUrl, await harness.tokenOf('other'));
    otherAgent = createAgent(other);
  });
  afterAll(() => harness?.stop());

  const list = async (by: Api, query = ''): Promise<readonly NumberBody[]> =>
    (await by.request<{ phoneNumbers: NumberBody[] }>('GET', `/api/v1/phone-numbers${query}`)).body.phoneNumbers;
  const assign = async (by: Api, phoneNumber: string, agentId: string, more: object = {}) => {
    const { status, body } = await by.request<NumberBody>('PUT', path(phoneNumber, '/assignment'), {
      agentId,
      ...more,
    });
    return status === 200 ? body.status : `${status} ${body.code}`;
  };
  const done = async (by: Api, method: string, where: string) => {
    const { status, body } = await by.request<NumberBody>(method, where);
    return status < 300 ? status : `${status} ${body.code}`;
  };
  const voiceUrl = (phoneNumber: string) =>
    harness.cloud.twilio?.numbers().find((number) => number.phoneNumber === phoneNumber)?.voiceUrl;

  it('are counted: a call and a written answer change the statistics of agent and tenant, and of nobody else', async () => {
    const caller = await dial(await harness.newTicket('relay'));
    const { callId } = await caller.start();
    await caller.quiet();
    caller.type('What does a puncture cost?');
    await caller.answer(/puncture/i);
    await caller.leave();
    const record = await harness.recordWhen(callId, isOver);
    await api.request('POST', `/api/v1/agents/${harness.agentId}/messages`, { text: 'What does a puncture cost?' });
    const read = async (by: Api, of: string) => (await by.request<StatisticsBody>('GET', `/api/v1${of}`)).body;
    const totals = (await read(api, '/statistics?granularity=hour')).totals;
    const day = new Date(Number(record.createdAtMs)).toISOString().slice(0, 10);
    const agents = await api.request('GET', `/api/v1/statistics/agents?day=${day}`);
    const answers = record.transcript.filter(({ role, turn }) => role === 'assistant' && turn > 0).length;
    expect({
      totals,
      agent: (await read(api, `/agents/${harness.agentId}/statistics`)).totals,
      agents: agents.body,
      other: (await read(other, '/statistics')).totals.calls,
    }).toEqual({
      totals: expect.objectContaining({
        calls: 1,
        failedCalls: 0,
        answers: answers + 1,
        costMicroUsd: record.cost.total.microUsd,
        minutes: Math.round(Number(record.durationMs) / 60) / 1000,
      }),
      agent: totals,
      agents: { day, agents: [expect.objectContaining({ agentId: harness.agentId, calls: 1, answers: answers + 1 })] },
      other: 0,
    });
  });

  it('come by a sync; one tenant of two that race gets one, and nobody else after that', async () => {
    otherAgentId = await otherAgent;
    const sync = await api.request('POST', '/api/v1/phone-numbers/sync');
    const seen = await list(api, '?status=available&provider=twilio');
    const racing = await Promise.all([assign(api, STAGE, harness.agentId), assign(other, STAGE, otherAgentId)]);
    const [winner, loser] = racing[0] === 'assigned' ? [api, other] : [other, api];
    const losersAgent = loser === api ? harness.agentId : otherAgentId;
    expect({
      sync: [sync.status, sync.body],
      seen: seen.map(({ phoneNumber, isYours }) => [phoneNumber, isYours]),
      racing: racing.toSorted(),
      again: await assign(loser, STAGE, losersAgent),
      seenByLoser: (await list(loser)).map(({ phoneNumber }) => phoneNumber),
      pointed: voiceUrl(STAGE)?.endsWith('/api/v1/webhooks/twilio/voice'),
      freed: await done(winner, 'DELETE', path(STAGE, '/assignment')),
      after: voiceUrl(STAGE),
    }).toEqual({
      sync: [
        200,
        {
          twilio: { status: 'synced', detail: null, numbers: 3, added: 3, vanished: 0, repaired: 0 },
          connect: { status: 'synced', detail: null, numbers: 0, added: 0, vanished: 0, repaired: 0 },
          syncedAt: expect.any(Number),
        },
      ],
      seen: ['+12025550100', '+12025550101', '+12025550102'].map((one) => [one, false]),
      racing: ['409 phone-number-taken', 'assigned'],
      again: '409 phone-number-taken',
      seenByLoser: ['+12025550101', '+12025550102'],
      pointed: true,
      freed: 204,
      after: '',
    });
  });

  it('are searched, claimed of both providers, called from, and given back', async () => {
    const offersOf = async (provider: string) =>
      (
        await api.request<{ offers: NumberBody[] }>(
          'GET',
          `/api/v1/phone-numbers/offers?provider=${provider}&country=US&areaCode=${provider === 'twilio' ? 415 : 206}`,
        )
      ).body.offers;
    const claimed: Record<string, unknown> = {};
    for (const provider of ['twilio', 'connect']) {
      const phoneNumber = (await offersOf(provider))[0]?.phoneNumber ?? '';
      const claim = () =>
        api.request<NumberBody>('POST', '/api/v1/phone-numbers', { provider, country: 'US', phoneNumber });
      const { status, body } = await claim();
      const settled = provider === 'twilio' ? body.status : (await claim()).body.status;
      const foreign = await assign(other, phoneNumber, otherAgentId);
      const direction =
        provider === 'twilio' ? await assign(api, phoneNumber, harness.agentId, { direction: 'outbound' }) : '';
      const refused = provider === 'twilio' ? await done(api, 'DELETE', path(phoneNumber)) : '';
      if (provider === 'twilio') {
        await done(api, 'DELETE', path(phoneNumber, `/assignment?direction=outbound&agentId=${harness.agentId}`));
      }
      // Amazon Connect takes a moment; a sync sees when it is done.
      const statusAfterSync = async () => {
        await api.request('POST', '/api/v1/phone-numbers/sync');
        return (await list(api)).find((number) => number.phoneNumber === phoneNumber)?.status;
      };
      await expect.poll(statusAfterSync, { timeout: 30_000 }).toBe('available');
      const released = await done(api, 'DELETE', path(phoneNumber));
      claimed[provider] = { status, settled, foreign, direction, refused, released };
    }
    expect({ claimed, left: (await list(api)).filter(({ isYours }) => isYours) }).toEqual({
      claimed: {
        twilio: {
          status: 201,
          settled: 'available',
          foreign: '409 phone-number-taken',
          direction: 'assigned',
          refused: '409 phone-number-assigned',
          released: 204,
        },
        connect: {
          status: 201,
          settled: expect.stringMatching(/^claiming|available$/),
          foreign: '404 channel-not-found',
          direction: '',
          refused: '',
          released: 204,
        },
      },
      left: [],
    });
  });
});
