import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { makeApiDeclarations } from '../../../local/api-gateway/declared.ts';
import { realClock } from '../../../local/core/clock.ts';
import type { Listener } from '../../../local/core/listener.ts';
import { AwsError, type CloudClock, type FunctionResult, type JsonObject } from '../../../local/core/service.ts';
import { makeHttpApi } from '../../../local/http-api/index.ts';

export const ISSUER = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool';
let keys: ReturnType<typeof generateKeyPair> | undefined;
let open: Listener | undefined;
const dirs: string[] = [];

const ownKeys = () => {
  keys ??= generateKeyPair('RS256', { extractable: true });
  return keys;
};

/** Ends the API that was made last, and removes what is left of all. */
export async function closeApi(): Promise<void> {
  await open?.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** A user's token; expired when it is to expire before now. */
export const token = async (claims: object = {}, expiresInSeconds = 60) =>
  new SignJWT({ iss: ISSUER, client_id: 'app', sub: 'alice', groups: ['a', 'b'], ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
    .sign((await ownKeys()).privateKey);

export interface ApiOptions {
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

export interface ProxyEvent {
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
export async function api(options: ApiOptions = {}) {
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
  const jwk = { ...(await exportJWK((await ownKeys()).publicKey)), kid: 'k', alg: 'RS256' };
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
