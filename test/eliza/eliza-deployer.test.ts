import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { elizaApi } from '../../shared/eliza/eliza-api.ts';
import { type ElizaAgents, elizaAgents } from '../../shared/eliza/eliza-deployer.ts';
import { elizaAgentId } from '../../shared/eliza/eliza-ids.ts';
import { leanFetch } from '../../shared/kernel/lean-fetch.ts';
import { AGENT_ID, beddingAgent, OTHER_AGENT_ID } from './support/agents.ts';
import { type FakeEliza, fakeEliza } from './support/fake-eliza.ts';

const ID = elizaAgentId(AGENT_ID, 'instagram');

describe('deploying to ElizaOS', () => {
  let eliza: FakeEliza;
  let agents: ElizaAgents;
  beforeEach(async () => {
    eliza = await fakeEliza();
    const api = elizaApi({ baseUrl: eliza.url, token: async () => eliza.token, fetch: leanFetch() });
    agents = elizaAgents({ api });
  });
  afterEach(() => eliza.close());

  it('makes an agent under our id and starts it; a second time nothing is made', async () => {
    const first = await agents.ensure(beddingAgent(), 'instagram');
    const second = await agents.ensure(beddingAgent(), 'instagram');
    expect({ first, second, running: [...eliza.running], seen: eliza.seen }).toEqual({
      first: ID,
      second: ID,
      running: [ID],
      seen: [
        'GET agents/{id}',
        'POST agents',
        'GET agents/{id}',
        'POST agents/{id}/start',
        'GET agents/{id}',
        'POST agents/{id}/start',
      ],
    });
  });

  it('updates an agent whose SOP has changed', async () => {
    await agents.ensure(beddingAgent(), 'instagram');
    await agents.ensure(beddingAgent({ sop: 'Returns for 90 days.' }), 'instagram');
    expect(eliza.seen.filter((line) => line.startsWith('PATCH'))).toEqual(['PATCH agents/{id}']);
    expect(eliza.agents.get(ID)?.system).toContain('Returns for 90 days.');
  });

  it('gives namesakes agents of their own', async () => {
    await agents.ensure(beddingAgent(), 'instagram');
    await agents.ensure(beddingAgent({ agentId: OTHER_AGENT_ID }), 'instagram');
    expect([...eliza.agents.keys()]).toEqual([ID, elizaAgentId(OTHER_AGENT_ID, 'instagram')]);
  });

  it('fails, and shares nothing, where the server makes the id of the name', async () => {
    eliza.moods.ignoresIds = true;
    await expect(agents.ensure(beddingAgent(), 'instagram')).rejects.toMatchObject({ code: 'elizaos-agent-taken' });
    expect([...eliza.running]).toEqual([]);
  });

  it('does not touch somebody else’s agent under our id', async () => {
    eliza.agents.set(ID, { id: ID, name: 'Somebody', bio: 'else' });
    await expect(agents.ensure(beddingAgent(), 'instagram')).rejects.toMatchObject({ code: 'elizaos-agent-taken' });
    expect(eliza.agents.get(ID)).toEqual({ id: ID, name: 'Somebody', bio: 'else' });
  });

  it('says where repeating cannot help, and lets the workflow repeat everything else', async () => {
    const none = elizaAgents({ api: undefined });
    await expect(none.ensure(beddingAgent(), 'instagram')).rejects.toMatchObject({ code: 'elizaos-not-configured' });
    eliza.moods.fails = 500;
    await expect(agents.ensure(beddingAgent(), 'instagram')).rejects.toMatchObject({
      name: 'ElizaError',
      kind: 'failed',
    });
    eliza.moods.fails = 429;
    await expect(agents.ensure(beddingAgent(), 'instagram')).rejects.toMatchObject({ kind: 'too-many-requests' });
  });

  it('removes an agent whatever the server answers, and once it is gone it stays so', async () => {
    await agents.ensure(beddingAgent(), 'instagram');
    eliza.moods.deletions = [409, 202, 408];
    const answers = [];
    for (let time = 0; time < 5; time += 1) answers.push((await agents.remove(ID)).status);
    expect(answers).toEqual(['pending', 'pending', 'pending', 'done', 'done']);
    expect([...eliza.agents.keys()]).toEqual([]);
  });
});

describe('the client of ElizaOS', () => {
  let eliza: FakeEliza;
  beforeEach(async () => {
    eliza = await fakeEliza();
  });
  afterEach(() => eliza.close());
  const api = (change: object = {}) =>
    elizaApi({ baseUrl: eliza.url, token: async () => eliza.token, fetch: leanFetch(), ...change });

  it('stops twice without complaint, and knows what is not there', async () => {
    await elizaAgents({ api: api() }).ensure(beddingAgent(), 'instagram');
    await api().stop(ID);
    await api().stop(ID);
    expect([await api().start(elizaAgentId(OTHER_AGENT_ID, 'twitter')), [...eliza.running]]).toEqual([false, []]);
  });

  it.each([
    ['another token', { token: async () => 'another' }, {}, 'unauthorized'],
    ['no server', { baseUrl: 'http://127.0.0.1:9' }, {}, 'unreachable'],
    ['a server that is silent', { manageTimeoutMs: 50 }, { isSilent: true }, 'timed-out'],
    ['something that is not JSON', {}, { garbage: '<html>' }, 'unreadable'],
    ['JSON of another shape', {}, { garbage: '{"data":{"id":7}}' }, 'unreadable'],
    ['a failure', {}, { fails: 503 }, 'failed'],
  ])('classifies %s', async (_name, change, mood, kind) => {
    await elizaAgents({ api: api() }).ensure(beddingAgent(), 'instagram');
    Object.assign(eliza.moods, mood);
    await expect(api(change).find(ID)).rejects.toMatchObject({ name: 'ElizaError', kind });
  });

  it('keeps nothing of what the server says in an error: it carries stacks and words', async () => {
    eliza.moods.fails = 500;
    const error = await api()
      .find(ID)
      .catch((one: unknown) => one);
    expect(String(error)).toBe('ElizaError: ElizaOS answered 500 ANY_ERROR.');
  });
});
