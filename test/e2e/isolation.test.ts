import { decodeJwt, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS, type OperationId, operation, prefixesOf } from '../../shared/http/operations.ts';
import { type AgentBody, Api, type RequestBody } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { movableClock } from './support/clocks.ts';
import { type Harness, startHarness } from './support/harness.ts';

const ids = Object.keys(OPERATIONS) as OperationId[];
const guarded = ids.filter((id) => operation(id).scope !== null);
const ofOneThing = guarded.filter((id) => operation(id).path.replace('{platform}', '').includes('{'));

/** What is missing, where that is no agent. */
const missing = (id: OperationId): string =>
  MISSING[id] ?? (operation(id).path.startsWith('/calls/') ? 'call-not-found' : 'agent-not-found');
const MISSING: Partial<Record<OperationId, string>> = {
  getKnowledgeBase: 'knowledge-base-not-found',
  queryKnowledgeBase: 'knowledge-base-not-found',
  getCustomer: 'customer-not-found',
  updateCustomer: 'customer-not-found',
  linkIdentity: 'customer-not-found',
  eraseCustomer: 'customer-not-found',
  freePhoneNumber: 'phone-number-not-found',
  releasePhoneNumber: 'phone-number-not-found',
  getProvisioning: 'provisioning-not-found',
};

/** A body that the operation would accept from the owner. */
const validBody = (id: OperationId, agentId: string): RequestBody | object | undefined => {
  if (id === 'assignPhoneNumber' || id === 'createVoiceTicket') return { agentId };
  if (id === 'createAgent' || id === 'replaceAgent') return formOf(BIKE_SHOP);
  if (id === 'updateAgent') return { agentName: 'Taken over' };
  if (id === 'sendMessage') return { text: 'What does a puncture cost?' };
  if (id === 'createApiKey') return { name: 'Taken over', scopes: ['agents:talk'] };
  if (id === 'updateCustomer') return { displayName: 'Taken over' };
  if (id === 'linkIdentity') return { kind: 'external', value: 'taken over' };
  if (id === 'putChannels') return { channels: [] };
  if (id === 'putChannelCredentials') return { appSecret: 'a-secret-of-an-app', verifyToken: 'a-verify-token' };
  if (id === 'putVoiceSettings') return { language: 'de-DE' };
  if (id === 'putProviders') return { llm: { provider: 'bedrock' } };
  if (id === 'putAgentContext') return { notes: 'Taken over' };
  if (id === 'queryKnowledgeBase') return { question: 'What does a puncture cost?' };
  return operation(id).path.startsWith('/calls/') && operation(id).body ? wordsInCall(id) : undefined;
};

const wordsInCall = (id: OperationId): object => {
  if (id === 'patchCallContext') return { bicycle: 'theirs' };
  return id === 'whisperToCall' || id === 'sayInCall' || id === 'takeOverCall' ? { text: 'Taken over' } : {};
};

describe('tenants and their tokens', () => {
  const clock = movableClock();
  let harness: Harness;
  let owner: Api;
  let stranger: Api;
  let token: string;
  let agent: AgentBody;

  const pathOf = (id: OperationId, prefix: string, agentId = agent.agentId): string =>
    `${prefix}${operation(id).path}`
      .replace('{agentId}', agentId)
      .replace('{knowledgeBaseId}', agent.knowledgeBase.knowledgeBaseId)
      .replace('{phoneNumber}', encodeURIComponent('+15551234567'))
      .replace('{provisioningId}', `prov_${agentId}_1`)
      .replace('{platform}', 'meta')
      .replace('{version}', '1')
      .replace('{keyId}', '019a5c1e-7d00-7a3b-9c55-000000000001')
      .replace('{customerId}', '019a5c1e-7d00-7a3b-9c55-000000000001')
      .replace('{callId}', '019a5c1e-7d00-7a3b-9c55-000000000001');
  const call = (api: Api, id: OperationId, prefix = prefixesOf(id)[0] ?? '') =>
    api.request(operation(id).method, pathOf(id, prefix), validBody(id, agent.agentId));

  beforeAll(async () => {
    harness = await startHarness({ clock });
    token = await harness.tokenOf('owner');
    owner = new Api(harness.cloud.apiUrl, token);
    stranger = new Api(harness.cloud.apiUrl, await harness.tokenOf('stranger'));
    const { body } = await owner.request<{ agentId: string }>('POST', '/api/v1/agents', formOf(BIKE_SHOP));
    agent = await owner.agentWhen(body.agentId, ({ status }) => status === 'active' || status === 'failed');
    expect(agent.status).toBe('active');
  });
  afterAll(() => harness?.stop());

  it.each(guarded.flatMap((id) => prefixesOf(id).map((prefix) => ({ id, prefix }))))(
    '$id under $prefix wants a token',
    async ({ id, prefix }) => {
      expect((await call(new Api(harness.cloud.apiUrl), id, prefix)).status).toBe(401);
    },
  );

  it.each(ofOneThing)('%s of another tenant finds nothing and changes nothing', async (id) => {
    const before = await owner.request('GET', `/api/v1/agents/${agent.agentId}`);
    const answer = await call(stranger, id);
    expect(answer).toMatchObject({ status: 404, body: { code: missing(id) } });
    const after = await owner.request('GET', `/api/v1/agents/${agent.agentId}`);
    expect(after.body).toEqual(before.body);
  });

  it('lists show a tenant only what is theirs', async () => {
    const agents = await stranger.request<{ agents: unknown[] }>('GET', '/api/v1/agents');
    const bases = await stranger.request<{ knowledgeBases: unknown[] }>('GET', '/api/v1/knowledge-bases');
    expect([agents.body.agents, bases.body.knowledgeBases]).toEqual([[], []]);
  });

  it('what one tenant entrusts for a platform another neither sees nor removes', async () => {
    expect((await call(owner, 'putChannelCredentials')).status).toBe(200);
    const before = await call(owner, 'getChannelCredentials');
    expect(await call(stranger, 'getChannelCredentials')).toMatchObject({
      status: 404,
      body: { code: 'channel-credentials-not-found' },
    });
    await call(stranger, 'deleteChannelCredentials');
    const after = await call(owner, 'getChannelCredentials');
    expect([after.status, after.body]).toEqual([200, before.body]);
  });

  it('a ticket to talk to another tenant’s agent is not sold', async () => {
    const body = { agentId: agent.agentId };
    expect(await stranger.request('POST', '/api/v1/voice-tickets', body)).toMatchObject({
      status: 404,
      body: { code: 'agent-not-found' },
    });
  });

  it('an API key opens its own agent’s conversations and nothing else, until it is deleted', async () => {
    const keys = `/api/v1/agents/${agent.agentId}/api-keys`;
    const made = await owner.request<{ key: string; keyId: string }>('POST', keys, {
      name: 'Shop',
      scopes: ['agents:ask'],
    });
    const program = new Api(harness.cloud.apiUrl, made.body.key);
    const messages = `/api/v1/agents/${agent.agentId}/messages`;
    const question = { text: 'What does a puncture cost?' };
    expect((await program.request('POST', messages, question)).status).toBe(200);
    expect(await program.request('POST', '/api/v1/voice-tickets', { agentId: agent.agentId })).toMatchObject({
      status: 403,
      body: { code: 'insufficient-scope' },
    });
    expect((await program.request('GET', '/api/v1/agents')).status).toBe(401);
    const { body } = await owner.request<{ agentId: string }>('POST', '/api/v1/agents', formOf(BIKE_SHOP));
    const elsewhere = await program.request('POST', `/api/v1/agents/${body.agentId}/messages`, question);
    expect(elsewhere).toMatchObject({ status: 404, body: { code: 'agent-not-found' } });
    expect((await owner.request('DELETE', `${keys}/${made.body.keyId}`)).status).toBe(204);
    expect((await program.request('POST', messages, question)).status).toBe(401);
  });

  it('a cursor of another tenant is refused', async () => {
    await owner.request('POST', '/api/v1/agents', formOf(BIKE_SHOP));
    const page = await owner.request<{ nextCursor: string }>('GET', '/api/v1/agents?limit=1');
    const answer = await stranger.request(
      'GET',
      `/api/v1/agents?limit=1&cursor=${encodeURIComponent(page.body.nextCursor)}`,
    );
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
  });

  it('a tenant cannot name another in the body', async () => {
    const form = formOf(BIKE_SHOP);
    form.append('userId', String(decodeJwt(token).sub));
    expect(await stranger.request('POST', '/api/v1/agents', form)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ pointer: '/userId' }] },
    });
  });

  it('a token signed by somebody else is refused', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const claims = decodeJwt(token);
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const unsigned = new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('1h').encode();
    for (const wrong of [forged, unsigned, `${token}x`, 'nonsense', ''])
      expect((await new Api(harness.cloud.apiUrl, wrong).request('GET', '/api/v1/agents')).status).toBe(401);
  });

  it('an expired token is refused', async () => {
    clock.aheadMs = 2 * 3_600_000;
    const late = await owner.request('GET', '/api/v1/agents');
    clock.aheadMs = 0;
    expect([late.status, (await owner.request('GET', '/api/v1/agents')).status]).toEqual([401, 200]);
  });
});
