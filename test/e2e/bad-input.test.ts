import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from './support/api.ts';
import { BAD_REQUESTS, shopWithFile } from './support/bad-requests.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';

describe('a bad request to create an agent', () => {
  let harness: Harness;
  let api: Api;
  let before: readonly string[];

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('careless'));
    before = await lastingOf(harness);
  });
  afterAll(() => harness?.stop());

  it.each(BAD_REQUESTS)(
    'with $name is refused with $code and stores nothing',
    async ({ body, headers, status, code, pointer }) => {
      const answer = await api.request('POST', '/api/v1/agents', body(), headers);
      expect(answer).toMatchObject({
        status,
        body: { code, status, requestId: expect.any(String), type: `urn:oratio:problem:${code}` },
      });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      if (pointer) expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
      expect(await lastingOf(harness)).toEqual(before);
    },
  );

  // The gateway takes 10 MB; Lambda takes 6 MB, of which base64 costs a quarter.
  it.each([5_000_000, 9_000_000, 11_000_000])(
    'of %i bytes is more than gateway or Lambda take, and stores nothing',
    async (bytes) => {
      const answer = await api.request('POST', '/api/v1/agents', shopWithFile('big.txt', 'x'.repeat(bytes)));
      expect(answer.status).toBe(413);
      expect(await lastingOf(harness)).toEqual(before);
    },
  );

  it.each([
    ['GET', '/api/v1/agents?limit=0', '/query/limit'],
    ['GET', '/api/v1/agents?limit=ten', '/query/limit'],
    ['GET', '/api/v1/agents?status=asleep', '/query/status'],
    ['GET', '/api/v1/agents?colour=red', '/query/colour'],
  ])('%s %s points at %s', async (method, path, pointer) => {
    const answer = await api.request(method, path);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ pointer }] } });
  });

  it.each(['x', 'AAAA.BBBB', '%00', 'a'.repeat(300)])(
    'a cursor that we never issued (%s) is refused',
    async (cursor) => {
      const answer = await api.request('GET', `/api/v1/agents?cursor=${cursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    },
  );

  it('for an id that is none finds nothing', async () => {
    const answer = await api.request('GET', '/api/v1/agents/not-an-id');
    expect(answer).toMatchObject({ status: 404, body: { code: 'agent-not-found' } });
  });

  it('for a path that is none finds nothing', async () => {
    expect((await api.request('GET', '/api/v1/nothing')).status).toBe(404);
  });
});
