import { beforeAll, expect, test } from 'vitest';
import { OPERATION_DOCS, type OperationDocs } from '../../shared/http/operation-docs.ts';
import { OPERATIONS, type OperationId, operation, routesOf } from '../../shared/http/operations.ts';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';

interface Route {
  readonly RouteKey: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: unknown;
  readonly Target: { readonly 'Fn::Join': readonly [string, readonly [string, { readonly Ref: string }]] };
}

let stage: Synthesized;
let routes: readonly Route[];

beforeAll(async () => {
  stage = await synthesized();
  routes = propertiesOf<Route>('AWS::ApiGatewayV2::Route', stage.app);
});

/** Routes of the WebSocket API are named after events. */
const isHttp = ({ RouteKey }: Route): boolean => !RouteKey.startsWith('$');

/** The name of the function behind a route, found through its integration. */
const functionBehind = ({ Target }: Route): string => {
  const integration = stage.app.Resources[Target['Fn::Join'][1][1].Ref]?.Properties as {
    IntegrationUri: { 'Fn::GetAtt': [string] };
  };
  const name = stage.app.Resources[integration.IntegrationUri['Fn::GetAtt'][0]]?.Properties?.FunctionName;
  return String(name).replace('oratio-dev-', '');
};

const byKey = <T extends { key: string }>(list: readonly T[]): T[] => list.toSorted((a, b) => (a.key < b.key ? -1 : 1));

test('the API has a route for each operation and alias, to its function, and a guard unless it is open', () => {
  const deployed = routes.filter(isHttp).map((route) => ({
    key: route.RouteKey,
    functionName: functionBehind(route),
    guard: route.AuthorizerId === undefined ? 'NONE' : route.AuthorizationType,
  }));
  const wanted = routesOf().map(({ routeKey, functionName, authorized, credentials }) => ({
    key: routeKey,
    functionName,
    guard: authorized ? { token: 'JWT', 'token-or-key': 'CUSTOM' }[credentials] : 'NONE',
  }));
  expect(byKey(deployed)).toEqual(byKey(wanted));
});

/** Webhooks are signed by the telephone provider and the platforms; the others hold nothing of a tenant. */
const PUBLIC =
  /^\/(?:health|version|openapi\.json|asyncapi\.json|docs|talk|api\/v1\/webhooks\/(?:twilio|meta|twitter))(?:\/|$)/;

test('nothing is open but health, version, documentation, the talk page and signed webhooks', () => {
  const open = (Object.keys(OPERATIONS) as OperationId[]).filter((id) => operation(id).scope === null);
  expect(open.filter((id) => !PUBLIC.test(operation(id).path))).toEqual([]);
});

test('API keys open what has to do with one agent’s conversations, and nothing else', () => {
  const ids = Object.keys(OPERATIONS) as OperationId[];
  const open = ids.filter((id) => operation(id).credentials === 'token-or-key');
  expect(open.filter((id) => !['agents:talk', 'agents:ask'].includes(String(operation(id).scope)))).toEqual([]);
  expect(open).toEqual(expect.arrayContaining(['sendMessage', 'createVoiceTicket']));
});

test('tokens come from the stage’s own user pool, for its own client; who has a key is asked every time', () => {
  const authorizers = propertiesOf<{ AuthorizerType: string }>('AWS::ApiGatewayV2::Authorizer', stage.app);
  expect(authorizers.toSorted((a, b) => (a.AuthorizerType < b.AuthorizerType ? -1 : 1))).toMatchObject([
    {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Audience: [
          { 'Fn::ImportValue': expect.stringContaining('UsersClient') },
          { Ref: expect.stringContaining('DashboardSignInClient') },
        ],
        Issuer: {
          'Fn::Join': ['', expect.arrayContaining([{ 'Fn::ImportValue': expect.stringContaining('IdentityUsers') }])],
        },
      },
    },
    {
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      AuthorizerResultTtlInSeconds: 0,
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
    },
  ]);
});

test('requests are limited, and logged without tokens, bodies or query strings', () => {
  const stages = propertiesOf<{ StageName: string; AccessLogSettings: { Format: string } }>(
    'AWS::ApiGatewayV2::Stage',
    stage.app,
  );
  expect(stages.toSorted((a, b) => (a.StageName < b.StageName ? -1 : 1))).toMatchObject([
    {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    },
    {
      StageName: 'live',
      AutoDeploy: true,
      // 60 messages a second of each of 20 lines.
      DefaultRouteSettings: { ThrottlingRateLimit: 1200, ThrottlingBurstLimit: 1200 },
    },
  ]);
  for (const { AccessLogSettings } of stages) {
    const fields = JSON.parse(AccessLogSettings.Format);
    expect(fields).toHaveProperty('requestId');
    expect(Object.values(fields).join()).not.toMatch(/header|body|querystring|path\b/i);
  }
});

test('a page of an allowed origin may use every method and header of the API, and read what answers say', async () => {
  const { app } = await synthesized({ allowedOrigins: ['https://app.example.com'] });
  const apis = propertiesOf<{
    ProtocolType: string;
    CorsConfiguration?: Record<'AllowOrigins' | 'AllowMethods' | 'AllowHeaders' | 'ExposeHeaders', readonly string[]>;
  }>('AWS::ApiGatewayV2::Api', app);
  const cors = apis.find(({ ProtocolType }) => ProtocolType === 'HTTP')?.CorsConfiguration;
  const ids = Object.keys(OPERATIONS) as OperationId[];
  const headers = ids.flatMap((id) => (OPERATION_DOCS[id] as OperationDocs).headers ?? []);
  expect(cors?.AllowOrigins).toEqual(['https://app.example.com']);
  expect(cors?.AllowMethods).toEqual(expect.arrayContaining(ids.map((id) => operation(id).method)));
  expect(cors?.AllowHeaders).toEqual(
    expect.arrayContaining(['authorization', 'content-type', ...headers.map((name) => name.toLowerCase())]),
  );
  expect(cors?.ExposeHeaders).toEqual(expect.arrayContaining(['location', 'etag', 'retry-after']));
  expect(propertiesOf<{ CorsConfiguration?: object }>('AWS::ApiGatewayV2::Api', stage.app)).toMatchObject([
    expect.not.objectContaining({ CorsConfiguration: expect.anything() }),
    expect.not.objectContaining({ CorsConfiguration: expect.anything() }),
  ]);
});

test('every event of the WebSocket API ends at the gateway of calls, which may write to its connections alone', () => {
  const events = routes.filter((route) => !isHttp(route));
  expect(
    events
      .map((route) => [route.RouteKey, functionBehindEvent(route), route.AuthorizerId])
      .toSorted(([a], [b]) => String(a).localeCompare(String(b))),
  ).toEqual([
    ['$connect', 'voice-gateway', undefined],
    ['$default', 'voice-gateway', undefined],
    ['$disconnect', 'voice-gateway', undefined],
  ]);
  const apis = propertiesOf<{ ProtocolType: string }>('AWS::ApiGatewayV2::Api', stage.app);
  expect(apis).toContainEqual(
    expect.objectContaining({ ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.type' }),
  );
});

/** A WebSocket integration names its function within the address of Lambda's API. */
const functionBehindEvent = ({ Target }: Route): string => {
  const { IntegrationUri } = (stage.app.Resources[Target['Fn::Join'][1][1].Ref]?.Properties ?? {}) as {
    IntegrationUri: object;
  };
  const [, id = ''] = /"Fn::GetAtt":\["(\w+)"/.exec(JSON.stringify(IntegrationUri)) ?? [];
  return String(stage.app.Resources[id]?.Properties?.FunctionName).replace('oratio-dev-', '');
};
