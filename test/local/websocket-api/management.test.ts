import { Agent, request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import { type ApiOptions, type TestApi, until, WORKER, webSocketApi } from './support.ts';

let open: TestApi | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});
async function api(options: ApiOptions = {}): Promise<TestApi> {
  open = await webSocketApi(options);
  return open;
}

const post = (ConnectionId: string, data: string) =>
  new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(data) });

/** `ok`, or name and status of the exception. */
const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'ok',
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => [error.name, error.$metadata?.httpStatusCode],
  );

test('a message reaches the client, in frames of at most 32 KB when it is long', async () => {
  const { open: enter, management } = await api();
  const client = await enter();
  const frames: number[] = [];
  // The frames of a message can only be counted where they come in.
  const receiver = (client.socket as unknown as { _receiver: { getData: (callback: unknown) => unknown } })._receiver;
  const getData = receiver.getData.bind(receiver);
  receiver.getData = (callback) => {
    const { _payloadLength } = receiver as unknown as { _payloadLength: number };
    if (_payloadLength > 0) frames.push(_payloadLength);
    return getData(callback);
  };
  const long = 'ä'.repeat(50 * 1024);
  await management.send(post(client.connectionId, '{"type":"audio"}'));
  await management.send(post(client.connectionId, long));
  const heard = await client.hears(2);
  expect({ short: heard[0], isWhole: heard[1] === long, largest: Math.max(...frames) }).toEqual({
    short: '{"type":"audio"}',
    isWhole: true,
    largest: 32 * 1024,
  });
});

test('a connection can be looked at and ended', async () => {
  const clock = testClock(Date.now());
  const { open: enter, management, events } = await api({ clock });
  const { closed, connectionId: ConnectionId, socket } = await enter('', { headers: { 'user-agent': 'phone' } });
  const connectedAt = clock.now();
  await clock.advance(5000);
  socket.send('{"type":"audio"}');
  await until(() => events.length === 2);
  const { $metadata: _, ...found } = await management.send(new GetConnectionCommand({ ConnectionId }));
  await management.send(new DeleteConnectionCommand({ ConnectionId }));
  const end = await closed;
  await until(() => events.length === 3);
  expect({ found, end, told: events[2]?.requestContext.disconnectReason }).toEqual({
    found: {
      ConnectedAt: new Date(connectedAt),
      LastActiveAt: new Date(connectedAt + 5000),
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'phone' },
    },
    end: { code: 1000, reason: 'Connection Closed Normally' },
    told: 'Connection Closed Normally',
  });
});

test('refusals have the names and statuses of the real one', async () => {
  const { open: enter, management, aws, faults } = await api();
  const { connectionId, socket } = await enter();
  const otherStage = new ApiGatewayManagementApiClient({ ...aws, endpoint: aws.endpoint.replace('live', 'test') });
  const unknown = await management.send(post('AAAAAAAAAAAAAAA=', 'x')).catch((error: unknown) => error);
  const tooLarge = await management
    .send(post(connectionId, 'x'.repeat(128 * 1024 + 1)))
    .catch((error: unknown) => error);
  faults.load([{ kind: 'throttle', service: 'execute-api', operation: 'PostToConnection' }]);
  const throttled = await management.send(post(connectionId, 'x')).catch((error: unknown) => error);
  const largest = await outcomeOf(management.send(post(connectionId, 'x'.repeat(128 * 1024))));
  socket.close();
  await until(() => socket.readyState === socket.CLOSED);
  expect([
    unknown instanceof GoneException,
    tooLarge instanceof PayloadTooLargeException,
    throttled instanceof LimitExceededException,
    largest,
    await outcomeOf(otherStage.send(post(connectionId, 'x'))),
    await outcomeOf(management.send(post(connectionId, 'x'))),
  ]).toEqual([true, true, true, 'ok', ['ForbiddenException', 403], ['GoneException', 410]]);
  const unsigned = await fetch(`${aws.endpoint}/@connections/${connectionId}`, { method: 'POST', body: 'x' });
  expect(unsigned.status).toBe(403);
});

test('a role manages connections only as its policy says', async () => {
  const policy = [
    {
      Effect: 'Allow',
      Action: 'execute-api:ManageConnections',
      Resource: 'arn:aws:execute-api:us-east-1:111122223333:*/live/POST/@connections/*',
    },
  ];
  const { open: enter, as } = await api({ policy });
  const { connectionId: ConnectionId } = await enter();
  const [worker, other] = [await as(WORKER), await as(WORKER.replace('worker', 'other'))];
  expect([
    await outcomeOf(worker.send(post(ConnectionId, 'x'))),
    await outcomeOf(worker.send(new DeleteConnectionCommand({ ConnectionId }))),
    await outcomeOf(other.send(post(ConnectionId, 'x'))),
  ]).toEqual(['ok', ['AccessDeniedException', 403], ['AccessDeniedException', 403]]);
});

test('faults strike requests to @connections, and the trace tells them', async () => {
  const {
    open: enter,
    management,
    faults,
    trace,
    crashed,
    as,
  } = await api({
    policy: [{ Effect: 'Allow', Action: 'execute-api:*', Resource: '*' }],
  });
  const client = await enter();
  const send = async (kind: 'crash' | 'duplicate' | 'timeout-after-effect', by = management) => {
    faults.load([{ kind, service: 'execute-api' }]);
    return outcomeOf(by.send(post(client.connectionId, kind)));
  };
  const worker = await as(WORKER);
  const outcomes = [await send('duplicate'), await send('timeout-after-effect'), await send('crash', worker)];
  const heard = await client.hears(4);
  expect({
    heard,
    outcomes: outcomes.map((outcome) => (outcome === 'ok' ? 'ok' : 'unheard')),
    crashed: crashed.map(({ roleName }) => roleName),
    traced: trace.entries().map(({ service, operation, fault }) => [service, operation, fault]),
  }).toEqual({
    heard: ['duplicate', 'duplicate', 'timeout-after-effect', 'crash'],
    outcomes: ['ok', 'unheard', 'unheard'],
    crashed: ['worker'],
    traced: ['duplicate', 'timeout-after-effect', 'crash'].map((fault) => ['execute-api', 'PostToConnection', fault]),
  });
});

test('messages to the client can be reversed too', async () => {
  const { open: enter, management, api: server } = await api();
  const client = await enter();
  server.faults.load([{ kind: 'reverse', direction: 'out', times: Number.POSITIVE_INFINITY }]);
  for (const text of ['1', '2', '3', '4']) await management.send(post(client.connectionId, text));
  expect(await client.hears(4)).toEqual(['2', '1', '4', '3']);
});

test('a client that reads nothing is sent to until it is idle for ten minutes, then it is gone', async () => {
  const clock = testClock(Date.now());
  const { url, events, management } = await api({ clock });
  const { port, pathname } = new URL(url);
  const socket = connectTcp(Number(port), '127.0.0.1');
  socket.pause();
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await until(() => events.length === 1);
  const ConnectionId = events[0]?.requestContext.connectionId ?? '';
  let sent: unknown;
  do sent = await outcomeOf(management.send(post(ConnectionId, 'x')));
  while (sent !== 'ok');
  await clock.advance(10 * 60_000);
  await until(() => events.length === 2);
  const after = await outcomeOf(management.send(post(ConnectionId, 'x')));
  socket.destroy();
  expect([events[1]?.requestContext.disconnectStatusCode, after]).toEqual([1001, ['GoneException', 410]]);
});

test('the end of the cloud ends connections without a word; after a restart their ids are gone', async () => {
  const first = await api();
  const client = await first.open();
  await first.stop(true);
  const end = await client.closed;
  const second = await api({ dataDir: first.dataDir });
  const after = await outcomeOf(second.management.send(post(client.connectionId, 'x')));
  expect({ code: end.code, after, events: first.events.map(({ requestContext }) => requestContext.eventType) }).toEqual(
    {
      code: 1006,
      after: ['GoneException', 410],
      events: ['CONNECT'],
    },
  );
});

test('requests share a connection that is kept alive', async () => {
  const { aws } = await api();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<boolean>((resolve, reject) => {
      const outgoing = request(`${aws.endpoint}/@connections/x`, { agent, method: 'GET' }, (answer) => {
        answer.resume().once('end', () => resolve(outgoing.reusedSocket));
      });
      outgoing.once('error', reject).end();
    });
  const reused = [await ask(), await ask(), await ask()];
  agent.destroy();
  expect(reused).toEqual([false, true, true]);
});
