import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration, WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../../local/cloud.ts';
import { connect, until } from './support.ts';

const SDK = resolve(import.meta.dirname, '../../../node_modules/@aws-sdk/client-apigatewaymanagementapi');

/** Sends every message back through `@connections`, as the function's role may. */
const ECHO = `
  const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require(process.env.SDK);
  const endpoint = process.env.ENDPOINT.replace('ws:', 'http:') + '/live';
  const client = new ApiGatewayManagementApiClient({ endpoint });
  exports.handler = async ({ requestContext: { connectionId: ConnectionId, eventType }, body }) => {
    if (eventType === 'MESSAGE') await client.send(new PostToConnectionCommand({ ConnectionId, Data: body }));
    return { statusCode: 200 };
  };
`;
const GUARDED = `
  exports.handler = async ({ type, identitySource, requestContext }) =>
    type === 'REQUEST'
      ? { isAuthorized: identitySource[0] === 'Bearer ok_1', context: { userId: 'alice' } }
      : requestContext.authorizer;
`;

let assemblyDir = '';
const open: Cloud[] = [];
const dirs: string[] = [];
const temporary = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'oratio-ws-cloud-'));
  dirs.push(dir);
  return dir;
};

beforeAll(() => {
  const app = new App({ outdir: temporary() });
  const stack = new Stack(app, 'Talk');
  const inline = (id: string, code: string) =>
    new LambdaFunction(stack, id, {
      runtime: Runtime.NODEJS_LATEST,
      handler: 'index.handler',
      code: Code.fromInline(code),
      timeout: Duration.seconds(20),
    });
  const echo = inline('Echo', ECHO);
  const integration = (id: string) => ({ integration: new WebSocketLambdaIntegration(id, echo) });
  const api = new WebSocketApi(stack, 'Socket', {
    routeSelectionExpression: '$request.body.type',
    connectRouteOptions: integration('OnConnect'),
    disconnectRouteOptions: integration('OnDisconnect'),
    defaultRouteOptions: integration('OnMessage'),
  });
  const stage = new WebSocketStage(stack, 'Live', { webSocketApi: api, stageName: 'live', autoDeploy: true });
  stage.grantManagementApiAccess(echo);
  echo.addEnvironment('SDK', SDK);
  echo.addEnvironment('ENDPOINT', api.apiEndpoint);
  const guarded = inline('Guarded', GUARDED);
  new HttpApi(stack, 'Http').addRoutes({
    path: '/me',
    methods: [HttpMethod.GET],
    integration: new HttpLambdaIntegration('OnMe', guarded),
    authorizer: new HttpLambdaAuthorizer('Door', guarded, { responseTypes: [HttpLambdaResponseType.SIMPLE] }),
  });
  assemblyDir = app.synth().directory;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((cloud) => cloud.stop()));
});
afterAll(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

async function start(dataDir = temporary()): Promise<{ cloud: Cloud; dataDir: string }> {
  const cloud = await startCloud({ assemblyDir, dataDir, port: 0, apiPort: 0, log: () => {} });
  open.push(cloud);
  return { cloud, dataDir };
}

async function enter({ webSocketUrl = '' }: Cloud) {
  const client = await connect(webSocketUrl);
  if (typeof client === 'number') throw new Error(`The handshake was refused with ${client}.`);
  return client;
}

test('what CDK synthesizes is served: a function answers over @connections with its role’s permission', async () => {
  const { cloud } = await start();
  const client = await enter(cloud);
  for (const text of ['one', 'two', 'three']) {
    client.socket.send(text);
    await until(() => client.heard.includes(text));
  }
  const posts = cloud.trace.entries().filter(({ service }) => service === 'execute-api');
  expect({ url: cloud.webSocketUrl, heard: client.heard, roles: posts.map(({ roleName }) => typeof roleName) }).toEqual(
    {
      url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/live$/) as string,
      heard: ['one', 'two', 'three'],
      roles: ['string', 'string', 'string'],
    },
  );
});

test('a request is authorized by the Lambda authorizer that CDK synthesizes', async () => {
  const { cloud } = await start();
  const ask = async (authorization: string) => {
    const answer = await fetch(`${cloud.apiUrl}/me`, { headers: { authorization } });
    return [answer.status, await answer.json()];
  };
  expect([await ask('Bearer ok_1'), await ask('Bearer ok_2')]).toEqual([
    [200, { lambda: { userId: 'alice' } }],
    [403, { message: 'Forbidden' }],
  ]);
});

test('a killed cloud ends its connections; the next one knows none of them and takes new ones', async () => {
  const { cloud, dataDir } = await start();
  const client = await enter(cloud);
  client.socket.send('hello');
  await client.hears(1);
  await cloud.kill();
  const { code } = await client.closed;
  const { cloud: next } = await start(dataDir);
  const endpoint = next.webSocketUrl?.replace('ws:', 'http:') ?? '';
  const management = new ApiGatewayManagementApiClient({
    endpoint,
    region: 'us-east-1',
    credentials: next.credentials,
  });
  const gone = await management
    .send(new PostToConnectionCommand({ ConnectionId: 'AAAAAAAAAAAAAAA=', Data: Buffer.from('x') }))
    .catch((error: Error) => error.name);
  const again = await enter(next);
  again.socket.send('again');
  expect({ code, gone, heard: await again.hears(1) }).toEqual({ code: 1006, gone: 'GoneException', heard: ['again'] });
});

test('the death of the function in the midst of its answer is an error for the client, and the next message is served', async () => {
  const { cloud } = await start();
  const client = await enter(cloud);
  cloud.faults.load([{ kind: 'crash', service: 'execute-api', operation: 'PostToConnection' }]);
  client.socket.send('first');
  const [first, error = ''] = await client.hears(2);
  client.socket.send('second');
  const heard = await client.hears(3);
  expect({ first, message: (JSON.parse(error) as { message: string }).message, third: heard[2] }).toEqual({
    first: 'first',
    message: 'Internal server error',
    third: 'second',
  });
});
