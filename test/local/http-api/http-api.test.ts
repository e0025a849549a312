import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { makeApiDeclarations } from '../../../local/api-gateway/declared.ts';
import { realClock, testClock } from '../../../local/core/clock.ts';
import type { Listener } from '../../../local/core/listener.ts';
import { AwsError, type CloudClock, type FunctionResult, type JsonObject } from '../../../local/core/service.ts';
import { makeHttpApi } from '../../../local/http-api/index.ts';

const ISSUER = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool';
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let open: Listener | undefined;
const dirs: string[] = [];
beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
});
afterEach(async () => {
  await open?.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const token = (claims: object = {}, expiresInSeconds = 60) =>
  new SignJWT({ iss: ISSUER, client_id: 'app', sub: 'alice', groups: ['a', 'b'], ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
    .sign(keys.privateKey);

interface ApiOptions {
  readonly cors?: JsonObject;
  readonly stage?: JsonObject;
  readonly timeoutMs?: number;
  readonly clock?: CloudClock;
  /** Guards `GET /guarded` and `GET /also-guarded`. */
  readonly lambdaAuthorizer?: JsonObject;
  /** Calls that the function's resource policy does not allow, by their source. */
  readonly refuses?: (sourceArn: string) => boolean;
  readonly answer?: (event: ProxyEvent) => unknown;
}

interface ProxyEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly routeKey: string;
  readonly rawPath: string;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly pathParameters?: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly cookies?: string[];
  readonly requestContext: {
    readonly authorizer?: { readonly jwt: { readonly claims: object }; readonly lambda?: object };
  };
}

/** An API with open and guarded routes over a function that the test plays. */
async function api(options: ApiOptions = {}) {
  const { cors, stage = {}, timeoutMs = 30_000, clock = realClock, answer = (event) => event } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'oratio-api-'));
  dirs.push(dataDir);
  const callers: string[] = [];
  const lambda = {
    invoke: async (_name: string, payload: string, caller?: { sourceArn: string }): Promise<FunctionResult> => {
      callers.push(caller?.sourceArn ?? '');
      if (options.refuses?.(caller?.sourceArn ?? '')) throw new AwsError('AccessDeniedException', 'refused', 403);
      const result = await answer(JSON.parse(payload) as ProxyEvent);
      if (result instanceof Error) return { payload: '{"errorMessage":"it failed"}', functionError: 'Unhandled' };
      return { payload: JSON.stringify(result) };
    },
  };
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'RS256' };
  const apis = makeApiDeclarations();
  const http = makeHttpApi({
    apis,
    context: { accountId: '111122223333', region: 'us-east-1', clock, dataDir, log: () => {} },
    lambda,
    jwksOf: async (issuer) => (issuer === ISSUER ? { keys: [jwk] } : undefined),
  });
  open = await http.listen(0);
  const declare = async (type: string, logicalId: string, properties: JsonObject) => {
    const provider = apis.providers.find((candidate) => candidate.type === `AWS::ApiGatewayV2::${type}`);
    const resource = {
      stackName: 'T',
      logicalId,
      physicalName: `T-${logicalId}`,
      type,
      properties,
      assetPath: () => undefined,
    };
    if (!provider) throw new Error(`Nothing makes ${type}.`);
    return (await provider.ensure(resource)).ref;
  };
  const ApiId = await declare('Api', 'Api', { ProtocolType: 'HTTP', ...(cors ? { CorsConfiguration: cors } : {}) });
  await declare('Stage', 'Stage', { ApiId, StageName: '$default', AutoDeploy: true, ...stage });
  const integration = await declare('Integration', 'Fn', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: 'arn:aws:lambda:us-east-1:111122223333:function:fn',
    PayloadFormatVersion: '2.0',
    TimeoutInMillis: timeoutMs,
  });
  const JwtConfiguration = { Audience: ['app'], Issuer: ISSUER };
  const AuthorizerId = await declare('Authorizer', 'Users', { ApiId, AuthorizerType: 'JWT', JwtConfiguration });
  const route = (RouteKey: string, more: JsonObject = {}) =>
    declare('Route', RouteKey, { ApiId, RouteKey, Target: `integrations/${integration}`, ...more });
  const guarded = { AuthorizationType: 'JWT', AuthorizerId };
  for (const key of ['GET /docs/{page+}', 'GET /docs/index', 'POST /echo', 'ANY /items/{id}', 'GET /items/{id}'])
    await route(key);
  await route('GET /me', guarded);
  await route('GET /admin', { ...guarded, AuthorizationScopes: ['admin'] });
  if (options.lambdaAuthorizer) {
    const door = await declare('Authorizer', 'Door', {
      ApiId,
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      AuthorizerUri: 'arn:aws:lambda:us-east-1:111122223333:function:authorize',
      ...options.lambdaAuthorizer,
    });
    for (const key of ['GET /guarded', 'GET /also-guarded'])
      await route(key, { AuthorizationType: 'CUSTOM', AuthorizerId: door });
  }
  apis.deployed();
  const url = `http://127.0.0.1:${open.port}`;
  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : undefined) as ProxyEvent & { message?: string },
    };
  };
  return { call, callers };
}

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
  await open?.close();
  const slow = await api({ timeoutMs: 50, answer: () => new Promise(() => {}) });
  const late = await slow.call('/docs/index');
  await open?.close();
  const refused = await api({
    answer: () => {
      throw new AwsError('RequestTooLargeException', 'too large', 413);
    },
  });
  const tooLargeForLambda = await refused.call('/docs/index');
  await open?.close();
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

interface AuthorizerEvent {
  readonly type: string;
  readonly routeArn: string;
  readonly identitySource: string[];
  readonly routeKey: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SIMPLE = { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'] };

/** An API whose routes are guarded by a function; `asked` are the authorizer's events. */
async function guardedApi(
  authorizer: JsonObject,
  decide: (event: AuthorizerEvent) => unknown,
  more: Pick<ApiOptions, 'clock'> = {},
) {
  const asked: AuthorizerEvent[] = [];
  const made = await api({
    ...more,
    lambdaAuthorizer: authorizer,
    answer: (event) => {
      const question = event as unknown as AuthorizerEvent;
      if (question.type !== 'REQUEST') return event;
      asked.push(question);
      return decide(question);
    },
  });
  const as = async (authorization: string | undefined, path = '/guarded') => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const { status, body } = await made.call(path, { headers });
    return status === 200 ? body.requestContext.authorizer : [status, body.message];
  };
  return { ...made, asked, as };
}

test('a Lambda authorizer answers yes with a context, no, or fails; without an identity it is not asked', async () => {
  const { as, asked, callers } = await guardedApi(SIMPLE, ({ identitySource: [token] }) => {
    if (token === 'broken') return new Error('it failed');
    if (token === 'odd') return { yes: true };
    return { isAuthorized: token === 'good', context: { userId: 'alice', scopes: ['agents:read'] } };
  });
  expect({
    good: await as('good'),
    bad: await as('bad'),
    broken: await as('broken'),
    odd: await as('odd'),
    none: await as(undefined),
    asked: asked.length,
    first: asked[0],
    caller: callers[0],
  }).toEqual({
    good: { lambda: { userId: 'alice', scopes: ['agents:read'] } },
    bad: [403, 'Forbidden'],
    broken: [500, 'Internal Server Error'],
    odd: [500, 'Internal Server Error'],
    none: [401, 'Unauthorized'],
    asked: 4,
    first: expect.objectContaining({
      version: '2.0',
      type: 'REQUEST',
      routeArn: expect.stringMatching(/\/\$default\/GET\/guarded$/) as string,
      identitySource: ['good'],
      routeKey: 'GET /guarded',
      rawPath: '/guarded',
    }) as object,
    caller: expect.stringMatching(/^arn:aws:execute-api:us-east-1:111122223333:\w{10}\/authorizers\/\w{10}$/) as string,
  });
});

test('a policy of a Lambda authorizer allows one route and not another', async () => {
  const { as } = await guardedApi({ IdentitySource: ['$request.header.Authorization'] }, ({ routeArn }) => ({
    principalId: 'alice',
    policyDocument: {
      Statement: [
        { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: routeArn.replace(/GET.*/, '*') },
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: routeArn.replace(/GET.*/, 'GET/also-guarded') },
      ],
    },
    context: { plan: 'gold' },
  }));
  expect([await as('a'), await as('a', '/also-guarded')]).toEqual([{ lambda: { plan: 'gold' } }, [403, 'Forbidden']]);
});

test('an answer is kept for its time on the cloud’s clock, for each identity', async () => {
  const clock = testClock(Date.now());
  const { as, asked } = await guardedApi(
    { ...SIMPLE, AuthorizerResultTtlInSeconds: 60 },
    ({ identitySource: [token] }) => ({ isAuthorized: token === 'good', context: null }),
    { clock },
  );
  const counts: number[] = [];
  for (const [token, waitMs] of [
    ['good', 0],
    ['good', 59_000],
    ['bad', 0],
    ['bad', 0],
    ['good', 1000],
  ] as const) {
    await clock.advance(waitMs);
    await as(token);
    counts.push(asked.length);
  }
  expect(counts).toEqual([1, 1, 2, 2, 3]);
});

test('an authorizer that API Gateway may not invoke fails the request', async () => {
  const { call } = await api({
    lambdaAuthorizer: SIMPLE,
    refuses: (sourceArn) => sourceArn.includes('/authorizers/'),
  });
  const { status } = await call('/guarded', { headers: { authorization: 'x' } });
  expect(status).toBe(500);
});
