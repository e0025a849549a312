import { afterEach, expect, test } from 'vitest';
import { AwsError } from '../../../local/core/service.ts';
import { api, closeApi, ISSUER, token } from './support.ts';

afterEach(closeApi);

test('the most specific route wins, with decoded parameters, and anything else is not found', async () => {
  const { call, callers } = await api();
  const routeOf = async (method: string, path: string) => {
    const { status, body } = await call(path, { method });
    return status === 200 ? [body.routeKey, body.pathParameters] : [status, body.message];
  };
  expect([
    await routeOf('GET', '/docs/index'),
    await routeOf('GET', '/docs/a/b'),
    await routeOf('GET', '/items/x%20y%2Fz'),
    await routeOf('PUT', '/items/7'),
    await routeOf('GET', '/items/7/'),
    await routeOf('DELETE', '/echo'),
    await routeOf('GET', '/items/%E0%A4%A'),
    callers[0],
  ]).toEqual([
    ['GET /docs/index', undefined],
    ['GET /docs/{page+}', { page: 'a/b' }],
    ['GET /items/{id}', { id: 'x y/z' }],
    ['ANY /items/{id}', { id: '7' }],
    [404, 'Not Found'],
    [404, 'Not Found'],
    [400, 'Bad Request'],
    expect.stringMatching(/^arn:aws:execute-api:us-east-1:111122223333:\w{10}\/\$default\/GET\/docs\/index$/),
  ]);
});

test('text bodies arrive as text, others as base64, with query and cookies joined', async () => {
  const { call } = await api();
  const send = async (type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const answer = await call('/echo?a=1&a=2&b=%26', {
      method: 'POST',
      body,
      headers: { 'content-type': type, cookie: 'x=1; y=2' },
    });
    const { body: text, isBase64Encoded, queryStringParameters, cookies } = answer.body;
    return { text, isBase64Encoded, queryStringParameters, cookies };
  };
  const common = { queryStringParameters: { a: '1,2', b: '&' }, cookies: ['x=1', 'y=2'] };
  expect([
    await send('application/json', '{"ä":1}'),
    await send('multipart/form-data; boundary=b', new Uint8Array([255, 0])),
  ]).toEqual([
    { text: '{"ä":1}', isBase64Encoded: false, ...common },
    { text: '/wA=', isBase64Encoded: true, ...common },
  ]);
});

test('a function hears how the client reached the gateway, not what the client says of it', async () => {
  const { call } = await api();
  const claims = { 'x-forwarded-proto': 'gopher', 'x-forwarded-port': '1', 'x-forwarded-for': '10.0.0.1' };
  const { body } = await call('/echo', { method: 'POST', headers: claims });
  const { host, ...headers } = body.headers;
  expect(headers).toMatchObject({
    'x-forwarded-proto': 'http',
    'x-forwarded-port': host?.split(':')[1],
    'x-forwarded-for': '10.0.0.1, 127.0.0.1',
  });
});

test('a guarded route takes a valid token of its issuer and audience, and hands its claims on as text', async () => {
  const { call } = await api();
  const as = async (given: string | undefined, path = '/me') => {
    const headers: Record<string, string> = given === undefined ? {} : { authorization: given };
    const { status, body } = await call(path, { headers });
    return status === 200 ? body.requestContext.authorizer?.jwt.claims : [status, body.message];
  };
  const tampered = `${(await token()).slice(0, -8)}AAAAAAAA`;
  expect({
    valid: await as(`Bearer ${await token()}`),
    none: await as(undefined),
    garbage: await as('Bearer x.y.z'),
    tampered: await as(`Bearer ${tampered}`),
    expired: await as(`Bearer ${await token({}, -10)}`),
    audience: await as(`Bearer ${await token({ client_id: 'other' })}`),
    issuer: await as(`Bearer ${await token({ iss: 'https://evil.example' })}`),
    scope: await as(`Bearer ${await token({ scope: 'read' })}`, '/admin'),
    admin: typeof (await as(`Bearer ${await token({ scope: 'read admin' })}`, '/admin')),
  }).toEqual({
    valid: { iss: ISSUER, client_id: 'app', sub: 'alice', groups: '[a b]', exp: expect.stringMatching(/^\d+$/) },
    none: [401, 'Unauthorized'],
    garbage: [401, 'Unauthorized'],
    tampered: [401, 'Unauthorized'],
    expired: [401, 'Unauthorized'],
    audience: [401, 'Unauthorized'],
    issuer: [401, 'Unauthorized'],
    scope: [403, 'Forbidden'],
    admin: 'object',
  });
});

test('results become answers by payload 2.0, and what is no answer becomes 500', async () => {
  const { call } = await api({
    answer: ({ pathParameters: { id = '' } = {} }) =>
      ({
        full: { statusCode: 201, headers: { Location: '/x' }, cookies: ['a=1', 'b=2'], body: '{"ok":true}' },
        binary: { statusCode: 200, body: Buffer.from('"b"').toString('base64'), isBase64Encoded: true },
        plain: { some: 'object' },
        bad: { statusCode: 'never' },
      })[id],
  });
  const get = async (id: string) => {
    const { status, headers, body } = await call(`/items/${id}`);
    return {
      status,
      body,
      type: headers.get('content-type'),
      location: headers.get('location'),
      cookies: headers.getSetCookie(),
    };
  };
  const none = { location: null, cookies: [] };
  expect([await get('full'), await get('binary'), await get('plain'), (await get('bad')).status]).toEqual([
    { status: 201, body: { ok: true }, type: 'text/plain;charset=utf-8', location: '/x', cookies: ['a=1', 'b=2'] },
    { status: 200, body: 'b', type: 'text/plain;charset=utf-8', ...none },
    { status: 200, body: { some: 'object' }, type: 'application/json', ...none },
    500,
  ]);
});

test('the limits are those of the real one: 10 MB bodies, the integration’s time, the stage’s rate', async () => {
  const large = await api();
  const tooLarge = await large.call('/echo', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1, 'x') });
  await closeApi();
  const slow = await api({ timeoutMs: 50, answer: () => new Promise(() => {}) });
  const late = await slow.call('/docs/index');
  await closeApi();
  const refused = await api({
    answer: () => {
      throw new AwsError('RequestTooLargeException', 'too large', 413);
    },
  });
  const tooLargeForLambda = await refused.call('/docs/index');
  await closeApi();
  const stage = { DefaultRouteSettings: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 1 } };
  const throttled = await api({ stage });
  await throttled.call('/docs/index');
  const outcome = ({ status, body }: { status: number; body: { message?: string } }) => [status, body.message];
  expect([
    outcome(tooLarge),
    outcome(late),
    outcome(tooLargeForLambda),
    outcome(await throttled.call('/docs/index')),
  ]).toEqual([
    [413, 'Request Entity Too Large'],
    [504, 'Endpoint request timed out'],
    [413, 'Request Entity Too Large'],
    [429, 'Too Many Requests'],
  ]);
});

test('preflight and answers carry the configured CORS headers for an allowed origin only', async () => {
  const { call } = await api({
    cors: { AllowOrigins: ['https://app.example'], AllowMethods: ['GET'], AllowHeaders: ['authorization'], MaxAge: 60 },
  });
  const from = async (origin: string, preflight: boolean) => {
    const { status, headers } = await call('/docs/index', {
      method: preflight ? 'OPTIONS' : 'GET',
      headers: { origin, ...(preflight ? { 'access-control-request-method': 'GET' } : {}) },
    });
    return [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-methods')];
  };
  expect([
    await from('https://app.example', true),
    await from('https://app.example', false),
    await from('https://evil.example', true),
    await from('https://evil.example', false),
  ]).toEqual([
    [204, 'https://app.example', 'GET'],
    [200, 'https://app.example', null],
    [204, null, null],
    [200, null, null],
  ]);
});
