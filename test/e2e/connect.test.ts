import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP } from './support/business.ts';
import { type Harness, startHarness } from './support/harness.ts';

const CALLER = '+14155550123';

interface Channels {
  readonly channels: readonly {
    readonly channelType: string;
    readonly status: string;
    readonly statusReason: object | null;
    readonly phoneNumber: string | null;
  }[];
}

let harness: Harness;
let api: Api;
beforeAll(async () => {
  harness = await startHarness();
  api = new Api(harness.cloud.apiUrl, await harness.tokenOf('caller'));
});
afterAll(() => harness.stop());

test('a number is claimed, answered by the agent under the 8 s of a flow, handed to a person, and released', async () => {
  const body = { ...BIKE_SHOP.fields, channels: [{ channelType: 'voice' }, { channelType: 'chat' }] };
  const { agentId } = (await api.request('POST', '/api/v1/agents', body)).body;
  const id = String(agentId);
  await api.agentWhen(id, ({ status }: AgentBody) => status === 'active' || status === 'failed');
  const { channels } = (await api.request<Channels>('GET', `/api/v1/agents/${id}/channels`)).body;
  const number = channels.find(({ channelType }) => channelType === 'voice')?.phoneNumber ?? '';
  const call = await harness.cloud.connect.dial({ from: CALLER, to: number });
  await call.press('1');
  const heard = [...call.heard()];
  await call.press('0');
  const { summary, sentiment, transcriptUrl, channel } = call.attributes();
  await api.request('DELETE', `/api/v1/agents/${id}`);
  expect({
    channels: channels.map(({ channelType, status, statusReason }) => [channelType, status, statusReason]),
    heard: heard.length >= 4,
    state: call.state(),
    handed: { summary: summary !== '', sentiment, channel, transcript: transcriptUrl?.includes('/api/v1/customers/') },
  }).toEqual({
    channels: [
      ['chat', 'active', null],
      ['voice', 'active', null],
    ],
    heard: true,
    state: 'queued',
    handed: { summary: true, sentiment: 'NEUTRAL', channel: 'voice', transcript: true },
  });
});
