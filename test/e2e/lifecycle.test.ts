import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalTwilio } from '../../local/twilio/index.ts';
import { type AgentBody, Api } from './support/api.ts';
import { type Harness, startHarness } from './support/harness.ts';
import { assignNumber, firstNumber } from './support/phone.ts';

const NOTICE = 'Cozy Comfort Bedding is taking stock. We are back on Monday.';
const CONFIG = {
  name: 'Cozy Comfort Bedding Agent',
  business_type: 'retail',
  channels: ['voice', 'whatsapp'],
  character_config: {
    business_name: 'Cozy Comfort Bedding',
    products: ['bedding_sets', 'pillows'],
    knowledge_base: { return_policy: '30-day returns' },
  },
  context: { store_hours: '9 AM - 6 PM EST' },
  paused_notice: NOTICE,
};

interface Provisioning {
  readonly status: string;
  readonly agent_config: {
    readonly status: string;
    readonly provisioning_complete: boolean;
    readonly channels: readonly { readonly channel_type: string; readonly error?: { readonly code: string } }[];
  };
}

const subOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub;

describe('an agent provisioned the documented way', () => {
  let harness: Harness;
  let api: Api;
  let vendor: string;
  let agentId: string;
  let id: string;
  let twilio: LocalTwilio;

  const act = (action: string) => api.request('POST', `/api/v1/agents/${agentId}/${action}`);
  const ask = () => api.request('POST', `/api/v1/agents/${agentId}/messages`, { text: 'What do you sell?' });
  const ticket = (transport: string) => api.request('POST', '/api/v1/voice-tickets', { agentId, transport });
  const provision = (vendorId: string) =>
    api.request(
      'POST',
      '/api/v1/agents/provision',
      { vendor_id: vendorId, agent_config: CONFIG },
      { 'idempotency-key': 'order-1' },
    );
  const ring = async () => {
    const call = twilio.phone('+14155550123').call(firstNumber(twilio));
    await call.ended;
    return call.said;
  };
  const completed = async (): Promise<Provisioning> => {
    for (;;) {
      const { body } = await api.request<Provisioning>('GET', `/api/v1/provisionings/${id}`);
      if (body.status === 'completed' || body.status === 'failed') return body;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  beforeAll(async () => {
    harness = await startHarness();
    const token = await harness.tokenOf('vendor');
    api = new Api(harness.cloud.apiUrl, token);
    vendor = subOf(token);
    if (harness.cloud.twilio === undefined) throw new Error('The stage has no telephone.');
    twilio = harness.cloud.twilio;
  });
  afterAll(() => harness?.stop());

  it('is active with an SOP of its character, and says which channel failed and why', async () => {
    expect(await provision('somebody-else')).toMatchObject({ status: 403, body: { code: 'vendor-mismatch' } });
    const { status, body } = await provision(vendor);
    expect({ status, body }).toEqual({
      status: 202,
      body: { provisioning_id: `prov_${String(body.agent_id)}_1`, status: 'pending', agent_id: body.agent_id },
    });
    expect((await provision(vendor)).body).toEqual(body);
    agentId = String(body.agent_id);
    id = String(body.provisioning_id);
    const done = await completed();
    expect(done).toMatchObject({
      status: 'completed',
      agent_id: agentId,
      agent_config: { id: agentId, name: CONFIG.name, status: 'active', provisioning_complete: true },
    });
    const whatsapp = done.agent_config.channels.find(({ channel_type }) => channel_type === 'whatsapp');
    expect(whatsapp).toMatchObject({ status: 'failed', error: { code: expect.any(String) } });
    const { body: agent } = await api.request<AgentBody>('GET', `/api/v1/agents/${agentId}`);
    expect(agent.sop).toMatch(/^1\. Greet the customer in the name of Cozy Comfort Bedding/);
    expect(await ask()).toMatchObject({ status: 200 });
    await assignNumber(api, agentId, firstNumber(twilio));
  });

  it('tells its notice on every way while it is paused, also through an update that ends paused', async () => {
    expect(await act('pause')).toMatchObject({ status: 200, body: { status: 'paused' } });
    expect((await ask()).body).toMatchObject({ answer: NOTICE });
    for (const transport of ['relay', 'direct']) {
      expect(await ticket(transport)).toMatchObject({ status: 409, body: { code: 'agent-paused', detail: NOTICE } });
    }
    expect(await ring()).toEqual([NOTICE]);
    const listed = async (status: string) =>
      (await api.request<{ agents: AgentBody[] }>('GET', `/api/v1/agents?skip=0&limit=10&status=${status}`)).body
        .agents;
    expect((await listed('paused')).map((agent) => agent.agentId)).toEqual([agentId]);
    expect(await listed('active')).toEqual([]);
    const changed = await api.request('PATCH', `/api/v1/agents/${agentId}`, { sop: '1. Greet.\n2. Say what we sell.' });
    expect(changed).toMatchObject({ status: 202, body: { status: 'updating' } });
    expect((await ask()).body).toMatchObject({ answer: NOTICE });
    const agent = await api.agentWhen(agentId, ({ status }) => status !== 'updating');
    expect(agent).toMatchObject({ status: 'paused', activeVersion: 2, restsIn: null });
    expect(await act('resume')).toMatchObject({ status: 200, body: { status: 'active' } });
    expect((await ask()).body.answer).not.toBe(NOTICE);
  });

  it('does not answer while it is stopped, and does again once it is started', async () => {
    const stopped = await api.request('PUT', `/api/v1/agents/${agentId}`, { name: 'Closed', status: 'stopped' });
    expect(stopped).toMatchObject({ status: 200, body: { status: 'stopped' } });
    expect(await ask()).toMatchObject({ status: 409, body: { code: 'agent-stopped' } });
    expect(await ticket('relay')).toMatchObject({ status: 409, body: { code: 'agent-stopped' } });
    expect(await ring()).toEqual([]);
    expect(await act('pause')).toMatchObject({ status: 409, body: { code: 'lifecycle-not-allowed' } });
    expect(await act('start')).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it('obeys its owner alone', async () => {
    const other = new Api(harness.cloud.apiUrl, await harness.tokenOf('stranger'));
    const answers = [
      await other.request('POST', `/api/v1/agents/${agentId}/stop`),
      await other.request('PUT', `/api/v1/agents/${agentId}`, { status: 'stopped' }),
      await other.request('GET', `/api/v1/provisionings/${id}`),
    ];
    expect(answers.map(({ status, body }) => `${status} ${String(body.code)}`)).toEqual([
      '404 agent-not-found',
      '404 agent-not-found',
      '404 provisioning-not-found',
    ]);
    expect((await api.request('GET', `/api/v1/agents/${agentId}`)).body).toMatchObject({ status: 'active' });
  });
});
