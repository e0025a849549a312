import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { type Harness, startHarness } from './support/harness.ts';

interface Page {
  readonly agents: readonly AgentBody[];
  readonly nextCursor: string | null;
}

describe('the listing of agents', () => {
  const names = ['A', 'B', 'C', 'D', 'E'];
  let harness: Harness;
  let api: Api;

  const page = async (query: string): Promise<Page> => (await api.request<Page>('GET', `/api/v1/agents${query}`)).body;
  async function everything(query: string): Promise<string[]> {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { agents, nextCursor }: Page = await page(`${query}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      found.push(...agents.map(({ agentName }) => agentName));
      cursor = nextCursor;
    }
    return found;
  }

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('collector'));
    // Declared files that never arrive: agents that cost no run.
    for (const agentName of names)
      await api.request('POST', '/api/v1/agents', {
        ...BIKE_SHOP.fields,
        agentName,
        folderFileDescriptions: { 'hours.txt': 'Opening hours' },
        files: [{ path: 'hours.txt', sizeBytes: 100 }],
      });
  });
  afterAll(() => harness?.stop());

  it.each([1, 2, 3, 5, 100])('pages of %i together hold each agent once, newest first', async (limit) => {
    expect(await everything(`?limit=${limit}`)).toEqual([...names].reverse());
  });

  it('can be limited to a status', async () => {
    expect(await everything('?limit=2&status=creating')).toEqual([...names].reverse());
    expect(await everything('?limit=2&status=active')).toEqual([]);
  });

  it('skips for older clients', async () => {
    expect((await page('?limit=2&skip=1')).agents.map(({ agentName }) => agentName)).toEqual(['D', 'C']);
  });

  it('refuses a cursor for another listing', async () => {
    const { nextCursor } = await page('?limit=1');
    const answer = await api.request(
      'GET',
      `/api/v1/agents?limit=1&status=active&cursor=${encodeURIComponent(String(nextCursor))}`,
    );
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
  });

  it('shows a new agent at once', async () => {
    await api.request('POST', '/api/v1/agents', formOf(BIKE_SHOP, { fields: { agentName: 'Newest' } }));
    expect((await page('?limit=1')).agents.map(({ agentName }) => agentName)).toEqual(['Newest']);
  });
});
