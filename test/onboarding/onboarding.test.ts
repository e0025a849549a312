import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../shared/channels/channel.ts';
import { getProvisioning } from '../../shared/onboarding/get-provisioning.ts';
import { provisionAgent } from '../../shared/onboarding/provision-agent.ts';
import { parseProvisioningId, provisioningId } from '../../shared/onboarding/provisioning-id.ts';
import { httpEvent, jsonEvent } from '../agents/support/events.ts';
import { memory } from '../agents/support/memory.ts';
import { httpLambda } from '../http/support/api-lambda.ts';

/** The request of the documented engine, word for word. */
const BEDDING = {
  name: 'Cozy Comfort Bedding Agent',
  description: 'AI agent for Cozy Comfort Bedding store',
  business_type: 'retail',
  channels: ['instagram', 'whatsapp', 'facebook', 'twitter', 'voice'],
  character_config: {
    business_name: 'Cozy Comfort Bedding',
    products: ['bedding_sets', 'pillows', 'comforters', 'duvets'],
    specialties: ['bedding', 'home_decor', 'sleep_products'],
    tone: 'friendly_helpful',
    knowledge_base: {
      product_catalog: 'bedding_products.json',
      return_policy: '30-day returns',
      shipping_info: 'Free shipping over $50',
    },
  },
  context: { store_hours: '9 AM - 6 PM EST', contact_info: '+1-555-BEDDING', website: 'cozycomfort.com' },
};

describe('the documented way of making an agent', () => {
  let world: ReturnType<typeof memory>;
  let send: ReturnType<typeof httpLambda>;
  const call = async (event: Parameters<typeof send>[0]) => {
    const { statusCode, body, headers } = await send(event);
    return { status: statusCode, body: JSON.parse(body ?? '{}'), headers };
  };
  const provision = (config: object = BEDDING, vendor = 'ann', headers = {}) =>
    call(
      jsonEvent({ routeKey: 'POST /api/v1/agents/provision', headers }, { vendor_id: vendor, agent_config: config }),
    );
  const read = (id: string, user = 'ann') =>
    call(
      httpEvent({
        routeKey: 'GET /api/v1/provisionings/{provisioningId}',
        params: { provisioningId: id },
        user,
      }),
    );

  beforeEach(() => {
    world = memory();
    const { deps } = world;
    send = httpLambda({ provisionAgent: provisionAgent(deps), getProvisioning: getProvisioning(deps) }, deps.log);
  });

  it('answers 202 with ids, writes agent and channels at once, and starts one run', async () => {
    const { status, body, headers } = await provision();
    const agentId = body.agent_id;
    const id = `prov_${agentId}_1`;
    expect({ status, body, location: headers?.location }).toEqual({
      status: 202,
      body: { provisioning_id: id, status: 'pending', agent_id: agentId },
      location: `/api/v1/provisionings/${id}`,
    });
    expect(world.agents.get(`ann#${agentId}`)).toMatchObject({
      agentName: BEDDING.name,
      agentType: 'both',
      description: BEDDING.description,
      businessType: 'retail',
      character: { businessName: 'Cozy Comfort Bedding', knowledgeBase: { return_policy: '30-day returns' } },
      businessContext: BEDDING.context,
      sop: expect.stringMatching(/^1\. Greet the customer in the name of Cozy Comfort Bedding/),
    });
    expect(
      [...world.channels.values()].map(({ channelType, status: state, run }) => [channelType, state, run]),
    ).toEqual(BEDDING.channels.map((type) => [type, 'provisioning', 1]));
    expect(world.runs.map(({ name }) => name)).toEqual([`${agentId}-v1-r1`]);
  });

  it('makes one agent a key, and tells a repetition the same', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const first = await provision(BEDDING, 'ann', headers);
    const again = await provision(BEDDING, 'ann', headers);
    expect([again.body, again.headers?.['idempotency-replayed']]).toEqual([first.body, 'true']);
    expect([world.agents.size, world.channels.size, world.runs.length]).toEqual([1, 5, 1]);
    expect(await provision({ ...BEDDING, name: 'Other' }, 'ann', headers)).toMatchObject({ status: 422 });
  });

  it('shows from the first moment to the last how far it is, each channel on its own', async () => {
    const { body } = await provision({ ...BEDDING, channels: ['voice', 'whatsapp', 'instagram'] });
    const { agent_id: agentId, provisioning_id: id } = body;
    expect((await read(id)).body).toEqual({
      provisioning_id: id,
      status: 'pending',
      agent_id: agentId,
      agent_config: {
        id: agentId,
        name: BEDDING.name,
        status: 'creating',
        channels: ['voice', 'whatsapp', 'instagram'].map((channel_type) => ({ channel_type, status: 'provisioning' })),
        provisioning_complete: false,
      },
    });
    const key = { userId: 'ann', agentId } as never;
    await world.deps.agents.recordStep(
      key,
      1,
      { step: 'CheckCode', status: 'running', attempt: 1, startedAtMs: 1 },
      { now: 1 },
    );
    expect((await read(id)).body).toMatchObject({ status: 'in_progress' });
    const settle = (type: string, change: Partial<Channel>) =>
      world.channels.set(`${agentId}#${type}`, { ...world.channels.get(`${agentId}#${type}`), ...change } as Channel);
    const reason = { code: 'no-number-available', message: 'No number in US.', step: 'DeployConnectChannel' };
    settle('voice', { status: 'failed', statusReason: reason, resources: { connectInstanceArn: 'arn:instance' } });
    settle('whatsapp', { status: 'active', resources: { webhookUrl: 'https://api/hook', accountId: '1' } });
    settle('instagram', { status: 'active', resources: { elizaosAgentId: 'eliza-1' } });
    const succeeded = { activeVersion: 1, provisioning: { status: 'succeeded' } } as const;
    await world.deps.agents.transition(key, 'activate', succeeded, { now: 1 });
    expect((await read(id)).body).toEqual({
      provisioning_id: id,
      status: 'completed',
      agent_id: agentId,
      agent_config: {
        id: agentId,
        name: BEDDING.name,
        status: 'active',
        channels: [
          {
            channel_type: 'voice',
            status: 'failed',
            aws_connect_instance_id: 'arn:instance',
            error: { code: 'no-number-available', message: 'No number in US.' },
          },
          { channel_type: 'whatsapp', status: 'active', webhook_url: 'https://api/hook' },
          { channel_type: 'instagram', status: 'active', elizaos_agent_id: 'eliza-1' },
        ],
        provisioning_complete: true,
      },
    });
  });

  it('says why when the agent could not be made, and that a workflow could not be started', async () => {
    world.breaks.set('workflow.start', new Error('throttled'));
    const { status, body } = await provision();
    expect([status, body.status]).toEqual([202, 'failed']);
    expect((await read(body.provisioning_id)).body).toMatchObject({
      status: 'failed',
      error: { code: 'provisioning-not-started' },
      agent_config: { status: 'failed', provisioning_complete: false },
    });
  });

  it('is for the vendor himself, and nobody sees another’s provisionings', async () => {
    expect(await provision(BEDDING, 'bob')).toMatchObject({
      status: 403,
      body: { code: 'vendor-mismatch', errors: [{ pointer: '/vendor_id' }] },
    });
    expect([world.agents.size, world.runs.length]).toEqual([0, 0]);
    const { provisioning_id: id } = (await provision()).body;
    const others = [await read(id, 'bob'), await read(`${id}7`), await read('prov_1'), await read('')];
    expect(others.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(4).fill('404 provisioning-not-found'),
    );
  });

  it('takes channels with settings in the engine’s words', async () => {
    const settings = {
      business_account_id: 'cozy_comfort_bedding',
      auto_reply_enabled: false,
      response_templates: { greeting: 'Hi!' },
    };
    const channels = [
      { channel_type: 'instagram', settings },
      { channel_type: 'voice', settings: { country_code: 'DE', phone_number_type: 'TOLL_FREE' } },
    ];
    expect((await provision({ ...BEDDING, channels })).status).toBe(202);
    expect([...world.channels.values()].map((channel) => channel.settings)).toEqual([
      { accountId: 'cozy_comfort_bedding', autoReplyEnabled: false, responseTemplates: { greeting: 'Hi!' } },
      { countryCode: 'DE', phoneNumberType: 'TOLL_FREE', dedicatedInstance: false },
    ]);
  });

  it.each([
    ['no name', { ...BEDDING, name: undefined }, '/agent_config/name'],
    ['an unknown channel', { ...BEDDING, channels: ['telegram'] }, '/agent_config/channels/0'],
    ['our own spelling', { ...BEDDING, businessType: 'retail' }, '/agent_config/businessType'],
    ['neither character nor SOP', { ...BEDDING, character_config: undefined }, '/agent_config/character_config'],
    ['a character of lists of lists', { ...BEDDING, character_config: [[]] }, '/agent_config/character_config'],
  ])('refuses a request with %s', async (_name, config, pointer) => {
    const { status, body } = await provision(config);
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
    expect(world.agents.size).toBe(0);
  });
});

it('an id of a provisioning is read back, and nothing else is one', () => {
  const runs = fc.integer({ min: 1, max: 999_999_999 });
  fc.assert(
    fc.property(fc.uuid({ version: 7 }), runs, (id, run) => {
      const key = { agentId: id as never, run };
      expect(parseProvisioningId(provisioningId(key))).toEqual(key);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseProvisioningId(text)).toBeUndefined();
    }),
  );
});
