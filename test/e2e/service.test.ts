import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../scripts/build-openapi.ts';
import { Api } from './support/api.ts';
import { type Harness, startHarness } from './support/harness.ts';

describe('the service about itself, to anybody', () => {
  let harness: Harness;
  let api: Api;

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl);
  });
  afterAll(() => harness?.stop());

  it('is healthy', async () => {
    const { status, body, headers } = await api.request('GET', '/health');
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ok' } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toBe(headers.get('apigw-requestid'));
  });

  it('tells its stage and commit', async () => {
    expect(await api.request('GET', '/version')).toMatchObject({
      status: 200,
      body: { service: 'oratio', stage: 'dev', commit: expect.stringMatching(/^(\w{7,40}|unknown)/) },
    });
  });

  it('publishes its OpenAPI document with the address it was asked at', async () => {
    const { status, body } = await api.request('GET', '/openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual({
      ...JSON.parse(JSON.stringify(openApiDocument())),
      servers: [{ url: harness.cloud.apiUrl, description: 'This stage' }],
    });
  });

  it('shows its documentation, whose page may load nothing from elsewhere', async () => {
    const { status, headers, body } = await api.request<{ text: string }>('GET', '/docs');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(body.text).toContain('<script src="/docs/scalar.js">');
  });

  it('has the script of the page, compressed, and nothing else', async () => {
    const script = await api.request<{ text: string }>('GET', '/docs/scalar.js');
    expect(script.headers.get('content-encoding')).toBe('gzip');
    expect(script.body.text.length).toBeGreaterThan(1_000_000);
    for (const asset of ['openapi.json', 'docs.html', '..%2f..%2fetc%2fpasswd', 'scalar.js.gz'])
      expect(await api.request('GET', `/docs/${asset}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it.each([
    ['GET', '/api/v3'],
    ['GET', '/api/v2/agents'],
    ['GET', '/api/v1/agents/'],
    ['GET', '/api/knowledge-bases'],
    ['POST', '/health'],
    ['DELETE', '/api/v1/agents'],
    ['PUT', '/api/v1/knowledge-bases/1'],
    ['HEAD', '/health'],
    ['OPTIONS', '/api/v1/agents'],
  ])('knows no %s %s, as API Gateway says it', async (method, path) => {
    const { status, body } = await api.request(method, path, undefined, {
      origin: 'https://app.example',
      'access-control-request-method': 'GET',
    });
    expect({ status, body }).toEqual({ status: 404, body: method === 'HEAD' ? {} : { message: 'Not Found' } });
  });

  it('lets no page of another origin read its answers unless the stage names it', async () => {
    const { headers } = await api.request('GET', '/health', undefined, { origin: 'https://app.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});
