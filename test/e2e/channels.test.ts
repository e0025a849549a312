import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentBody } from './support/api.ts';
import { Api } from './support/api.ts';
import { BIKE_SHOP } from './support/business.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';

const NUMBER = '106540352242922';
/** A country in which Amazon Connect has no telephone numbers at the moment. */
const VOICE = { channelType: 'voice', settings: { countryCode: 'JP' } };
const WHATSAPP = { channelType: 'whatsapp', settings: { accountId: NUMBER } };

interface ChannelBody {
  readonly channelType: string;
  readonly status: string;
  readonly statusReason: { readonly code: string } | null;
}

const settled = ({ status }: AgentBody): boolean => status === 'active' || status === 'failed';

describe('channels of an agent', () => {
  let harness: Harness;
  let api: Api;
  let before: readonly string[];
  let first: string;
  let second: string;

  const create = async (channels: unknown): Promise<string> => {
    const body = { ...BIKE_SHOP.fields, channels };
    return String((await api.request('POST', '/api/v1/agents', body)).body.agentId);
  };
  /** Every channel as `type status (why)`, once no run is under way. */
  const channelsOf = async (agentId: string): Promise<readonly string[]> => {
    await api.agentWhen(agentId, settled);
    const { body } = await api.request<{ channels: readonly ChannelBody[] }>(
      'GET',
      `/api/v1/agents/${agentId}/channels`,
    );
    return body.channels.map(({ channelType, status, statusReason }) =>
      statusReason === null ? `${channelType} ${status}` : `${channelType} ${status} (${statusReason.code})`,
    );
  };
  const put = (agentId: string, channels: unknown) =>
    api.request('PUT', `/api/v1/agents/${agentId}/channels`, { channels });

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('everywhere'));
    const app = harness.cloud.social.meta.app({
      appSecret: 'a-secret-of-the-app',
      verifyToken: 'a-word-for-the-handshake',
    });
    const { accessToken } = app.whatsapp(NUMBER);
    const credentials = { appSecret: 'a-secret-of-the-app', verifyToken: 'a-word-for-the-handshake', accessToken };
    expect((await api.request('PUT', '/api/v1/channel-credentials/meta', credentials)).status).toBe(200);
    before = await lastingOf(harness);
    first = await create([VOICE, WHATSAPP]);
    second = await create([]);
  });
  afterAll(() => harness?.stop());

  it('fail alone: it is active on WhatsApp and says why there is no telephone', async () => {
    expect(await channelsOf(first)).toEqual(['voice failed (no-number-available)', 'whatsapp active']);
    const { body } = await api.request<AgentBody>('GET', `/api/v1/agents/${first}`);
    expect(body.status).toBe('active');
    expect(body.provisioning.steps.slice(-3).map(({ step, status }) => `${step} ${status}`)).toEqual([
      'PlanChannels succeeded',
      'DeployChannels succeeded',
      'ActivateAgent succeeded',
    ]);
  });

  it('are added, changed and removed later, without a new version', async () => {
    const greeting = { ...WHATSAPP.settings, responseTemplates: { greeting: 'Spoke and Chain, good day' } };
    const answer = await put(first, ['instagram', { ...WHATSAPP, settings: greeting }]);
    expect(answer).toMatchObject({ status: 202, body: { agentId: first, status: 'updating' } });
    expect(await channelsOf(first)).toEqual(['instagram failed (channel-account-missing)', 'whatsapp active']);
    const listed = await api.request<{ agents: readonly object[] }>('GET', '/api/v1/agents?channel=instagram');
    expect(listed.body.agents).toMatchObject([
      {
        agentId: first,
        channels: [
          { channelType: 'instagram', status: 'failed' },
          { channelType: 'whatsapp', status: 'active' },
        ],
        phoneNumbers: [],
      },
    ]);
    const { body } = await api.request<AgentBody>('GET', `/api/v1/agents/${first}`);
    expect([body.version, body.activeVersion, body.provisioning]).toMatchObject([
      1,
      1,
      { run: 2, status: 'succeeded' },
    ]);
  });

  it('of one account belong to one agent, and to the next once that one is deleted', async () => {
    await api.agentWhen(second, settled);
    expect((await put(second, [WHATSAPP])).status).toBe(202);
    expect(await channelsOf(second)).toEqual(['whatsapp failed (channel-account-taken)']);
    await api.request('DELETE', `/api/v1/agents/${first}`);
    await expect
      .poll(async () => (await api.request('GET', `/api/v1/agents/${first}`)).status, { timeout: 60_000 })
      .toBe(404);
    expect((await api.request('POST', `/api/v1/agents/${second}/channels/whatsapp/retry`)).status).toBe(202);
    expect(await channelsOf(second)).toEqual(['whatsapp active']);
  });

  it('are gone with their agents', async () => {
    await api.request('DELETE', `/api/v1/agents/${second}`);
    await expect.poll(() => lastingOf(harness), { timeout: 60_000 }).toEqual(before);
  });
});
