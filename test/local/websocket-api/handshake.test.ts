import { connect as connectTcp } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type ApiOptions, connect, type SocketEvent, type TestApi, until, webSocketApi } from './support.ts';

let open: TestApi | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});
async function api(options: ApiOptions = {}): Promise<TestApi> {
  await open?.stop();
  open = await webSocketApi(options);
  return open;
}

const isConnect = ({ requestContext }: SocketEvent) => requestContext.eventType === 'CONNECT';

test('a connection’s events tell what API Gateway tells', async () => {
  const {
    open: enter,
    events,
    callers,
    apiId,
    attributes,
    origin,
  } = await api({
    stage: { StageVariables: { colour: 'blue' } },
  });
  const client = await enter('?ticket=t1&a=1&a=2', { headers: { 'X-Twilio-Signature': 'sig', 'user-agent': 'phone' } });
  client.socket.send('{"type":"audio","seq":1}');
  await until(() => events.length === 2);
  client.socket.close(4001, 'done');
  await until(() => events.length === 3);
  const [connected, message, disconnected] = events;
  const common = {
    stage: 'live',
    apiId,
    domainName: origin.replace('ws://', ''),
    messageDirection: 'IN',
    connectionId: client.connectionId,
    connectedAt: expect.any(Number) as number,
    requestTimeEpoch: expect.any(Number) as number,
    requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
    requestId: expect.stringMatching(/^[\w-]{36}$/) as string,
    extendedRequestId: expect.stringMatching(/^[\w-]{15}=$/) as string,
    identity: { sourceIp: '127.0.0.1', userAgent: 'phone' },
  };
  expect({ connected, message, disconnected }).toEqual({
    connected: {
      headers: expect.objectContaining({ 'X-Twilio-Signature': 'sig', 'Sec-WebSocket-Version': '13' }) as object,
      multiValueHeaders: expect.objectContaining({ 'X-Twilio-Signature': ['sig'] }) as object,
      queryStringParameters: { ticket: 't1', a: '2' },
      multiValueQueryStringParameters: { ticket: ['t1'], a: ['1', '2'] },
      stageVariables: { colour: 'blue' },
      requestContext: { ...common, routeKey: '$connect', eventType: 'CONNECT' },
      isBase64Encoded: false,
    },
    message: {
      stageVariables: { colour: 'blue' },
      requestContext: {
        ...common,
        routeKey: 'audio',
        eventType: 'MESSAGE',
        messageId: expect.stringMatching(/^[\w-]{15}=$/) as string,
      },
      body: '{"type":"audio","seq":1}',
      isBase64Encoded: false,
    },
    disconnected: expect.objectContaining({
      requestContext: {
        ...common,
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        disconnectStatusCode: 4001,
        disconnectReason: 'done',
      },
      isBase64Encoded: false,
    }) as object,
  });
  const arn = `arn:aws:execute-api:us-east-1:111122223333:${apiId}/live`;
  expect({ callers, attributes }).toEqual({
    callers: [`${arn}/$connect`, `${arn}/audio`, `${arn}/$disconnect`],
    attributes: { ApiId: apiId, ApiEndpoint: origin },
  });
});

test('a refusal of $connect is the status of the handshake', async () => {
  const { url, origin, events } = await api({
    answer: ({ queryStringParameters: { say = '200' } = {} }) => {
      if (say === 'throw') throw new Error('it failed');
      return say === 'nothing' ? {} : { statusCode: Number(say), body: 'secret' };
    },
  });
  const statusOf = async (path: string) => {
    const outcome = await connect(path);
    return typeof outcome === 'number' ? outcome : 101;
  };
  const statuses: Record<string, number> = {};
  for (const say of ['200', '401', '403', '404', '409', '429', '500', 'throw', 'nothing']) {
    statuses[say] = await statusOf(`${url}?say=${say}`);
  }
  expect({ ...statuses, stage: await statusOf(`${origin}/other`), root: await statusOf(`${origin}/`) }).toEqual({
    200: 101,
    401: 401,
    403: 403,
    404: 404,
    409: 409,
    429: 429,
    500: 500,
    throw: 502,
    nothing: 502,
    stage: 403,
    root: 403,
  });
  // A refused client has no connection to be told the end of.
  expect(events.filter(({ requestContext }) => requestContext.eventType === 'DISCONNECT')).toEqual([]);
});

test('$connect that takes too long is a 504, and beyond the rate of the stage a 429', async () => {
  const slow = await api({ timeoutMs: 50, answer: () => new Promise(() => {}) });
  const late = await connect(slow.url);
  const busy = await api({ stage: { DefaultRouteSettings: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 1 } } });
  await busy.open();
  expect([late, await connect(busy.url)]).toEqual([504, 429]);
});

test('a subprotocol is the one that $connect chose', async () => {
  const { open: enter } = await api({
    answer: ({ requestContext }) =>
      requestContext.eventType === 'CONNECT'
        ? { statusCode: 200, headers: { 'sec-websocket-protocol': 'b' } }
        : { statusCode: 200 },
  });
  const { socket } = await enter('', { protocols: ['a', 'b'] });
  expect(socket.protocol).toBe('b');
});

test('a Lambda authorizer lets in by policy, and its context is in every event', async () => {
  const {
    url,
    open: enter,
    events,
  } = await api({
    authorizer: { IdentitySource: ['route.request.querystring.key'] },
    answer: ({ type, methodArn = '', queryStringParameters: { key = '' } = {} }) => {
      if (type !== 'REQUEST') return { statusCode: 200 };
      if (key === 'broken') throw new Error('it failed');
      const Effect = key === 'good' ? 'Allow' : 'Deny';
      const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource: methodArn }];
      return { principalId: 'alice', policyDocument: { Statement }, context: { plan: 'gold' } };
    },
  });
  const refused = [await connect(url), await connect(`${url}?key=bad`), await connect(`${url}?key=broken`)];
  const { socket } = await enter('?key=good');
  socket.send('hello');
  await until(() => events.at(-1)?.requestContext.eventType === 'MESSAGE');
  const contexts = events
    .filter(({ type }) => type === undefined)
    .map(({ requestContext }) => requestContext.authorizer);
  expect({ refused, contexts }).toEqual({
    refused: [401, 403, 500],
    contexts: [
      { plan: 'gold', principalId: 'alice' },
      { plan: 'gold', principalId: 'alice' },
    ],
  });
});

test('a client that leaves during $connect is told to $disconnect, and nothing stays of it', async () => {
  let letIn: (answer: object) => void = () => {};
  const { url, events, management } = await api({
    answer: (event) => (isConnect(event) ? new Promise((resolve) => (letIn = resolve)) : { statusCode: 200 }),
  });
  const { port, pathname } = new URL(url);
  const socket = connectTcp(Number(port), '127.0.0.1');
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await until(() => events.length === 1);
  socket.destroy();
  await new Promise((resolve) => socket.once('close', resolve));
  letIn({ statusCode: 200 });
  await until(() => events.length === 2);
  const [connected, disconnected] = events.map(({ requestContext }) => requestContext);
  const { GetConnectionCommand } = await import('@aws-sdk/client-apigatewaymanagementapi');
  const ConnectionId = connected?.connectionId ?? '';
  const found = await management.send(new GetConnectionCommand({ ConnectionId })).catch((error: Error) => error.name);
  expect({ routeKey: disconnected?.routeKey, code: disconnected?.disconnectStatusCode, found }).toEqual({
    routeKey: '$disconnect',
    code: 1006,
    found: 'GoneException',
  });
});

test('an API that is no WebSocket request’s is refused', async () => {
  const { url } = await api();
  const { status } = await fetch(url.replace('ws:', 'http:'));
  expect(status).toBe(403);
});
