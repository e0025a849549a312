import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import { type ApiOptions, type TestApi, until, webSocketApi } from './support.ts';

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

const KB = 1024;
const bodiesOf = ({ events }: TestApi): string[] => events.flatMap(({ body }) => (body === undefined ? [] : [body]));

test('the selection expression finds the route; what it does not find is for $default', async () => {
  const given = await api({
    routes: ['$connect', '$default', 'audio', 'session.start'],
    routeSelection: `\${request.body.head.type}`,
  });
  const { socket } = await given.open();
  const messages = [
    '{"head":{"type":"audio"}}',
    '{"head":{"type":"session.start"}}',
    '{"head":{"type":"other"}}',
    '{"head":{"type":7}}',
    '{"head":"audio"}',
    '{"head":{"type":"$connect"}}',
    'audio',
    '',
  ];
  for (const message of messages) socket.send(message);
  await until(() => given.events.length === 1 + messages.length);
  expect(given.events.slice(1).map(({ requestContext }) => requestContext.routeKey)).toEqual([
    'audio',
    'session.start',
    '$default',
    '$default',
    '$default',
    '$default',
    '$default',
    '$default',
  ]);
});

test('a message that fails is answered with an error; a result is not sent back unless the route answers', async () => {
  const given = await api({
    routes: ['audio', 'slow', 'echo', 'quiet'],
    routeProperties: { echo: { RouteResponseSelectionExpression: '$default' } },
    timeoutMs: 100,
    answer: ({ requestContext: { routeKey } }) => {
      if (routeKey === 'audio') throw new Error('it failed');
      return routeKey === 'slow' ? new Promise(() => {}) : { statusCode: 500, body: `from ${routeKey}` };
    },
  });
  const client = await given.open();
  const answers: unknown[] = [];
  for (const type of ['audio', 'slow', 'echo', 'nowhere']) {
    client.socket.send(JSON.stringify({ type: 'quiet' }));
    client.socket.send(JSON.stringify({ type }));
    const text = (await client.hears(answers.length + 1)).at(-1) ?? '';
    answers.push(type === 'echo' ? text : (JSON.parse(text) as object));
  }
  const ids = {
    connectionId: expect.stringMatching(/^[\w-]{15}=$/) as string,
    requestId: expect.any(String) as string,
  };
  expect(answers).toEqual([
    { message: 'Internal server error', ...ids },
    { message: 'Endpoint request timed out', ...ids },
    'from echo',
    { message: 'Forbidden', ...ids },
  ]);
});

test('messages run at the same time: a later one may overtake', async () => {
  const finished: string[] = [];
  let releaseFirst: () => void = () => {};
  const first = new Promise<void>((resolve) => {
    releaseFirst = resolve;
  });
  const given = await api({
    answer: async ({ body }) => {
      if (body === '1') await first;
      if (body !== undefined) finished.push(body);
      return { statusCode: 200 };
    },
  });
  const { socket } = await given.open();
  for (const body of ['1', '2', '3']) socket.send(body);
  await until(() => finished.length === 2);
  releaseFirst();
  await until(() => finished.length === 3);
  expect(finished).toEqual(['2', '3', '1']);
});

test('messages are dropped, doubled and reversed on demand', async () => {
  const given = await api();
  const { faults } = given.api;
  const { socket } = await given.open();
  faults.load([
    { kind: 'drop', routeKey: 'audio', nth: 1 },
    { kind: 'duplicate', routeKey: 'audio', nth: 2 },
    { kind: 'reverse', routeKey: 'audio', nth: 3, times: 3 },
  ]);
  for (const seq of [1, 2, 3, 4, 5, 6]) socket.send(JSON.stringify({ type: 'audio', seq }));
  await until(() => bodiesOf(given).length === 6);
  const sequence = bodiesOf(given).map((body) => (JSON.parse(body) as { seq: number }).seq);
  expect({ sequence, struck: faults.struck() }).toEqual({ sequence: [2, 2, 5, 4, 3, 6], struck: [1, 1, 3] });
});

test('a reversed series that ends too soon arrives nevertheless', async () => {
  const given = await api();
  const { socket } = await given.open();
  given.api.faults.load([{ kind: 'reverse', times: 3 }]);
  socket.send('1');
  socket.send('2');
  await until(() => bodiesOf(given).length === 2);
  expect(bodiesOf(given)).toEqual(['2', '1']);
});

/** How a fresh connection ends after `send`, and what arrived of it. */
async function endAfter(send: (socket: Awaited<ReturnType<TestApi['open']>>['socket']) => void) {
  const given = await api();
  const { socket, closed } = await given.open();
  send(socket);
  const { code, reason } = await closed;
  await until(() => given.events.at(-1)?.requestContext.eventType === 'DISCONNECT');
  const { disconnectStatusCode, disconnectReason } = given.events.at(-1)?.requestContext ?? {};
  return { code, reason, told: [disconnectStatusCode, disconnectReason], delivered: bodiesOf(given).length };
}

test('frames over 32 KB, messages over 128 KB and binary frames end the connection undelivered', async () => {
  const tooLong = { code: 1009, reason: 'Message too long', told: [1009, 'Message too long'], delivered: 0 };
  expect({
    frame: await endAfter((socket) => socket.send('x'.repeat(32 * KB + 1))),
    message: await endAfter((socket) => {
      for (const part of [1, 2, 3, 4, 5]) socket.send('x'.repeat(26 * KB), { fin: part === 5 });
    }),
    binary: await endAfter((socket) => socket.send(new Uint8Array([1, 2, 3]))),
    utf8: await endAfter((socket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false })),
  }).toEqual({
    frame: tooLong,
    message: tooLong,
    binary: { code: 1003, reason: '', told: [1003, ''], delivered: 0 },
    utf8: { code: 1007, reason: '', told: [1007, ''], delivered: 0 },
  });
});

test('a frame of 32 KB and a message of 128 KB in frames arrive whole', async () => {
  const given = await api();
  const { socket } = await given.open();
  socket.send('x'.repeat(32 * KB));
  for (const part of [1, 2, 3, 4]) socket.send(String(part).repeat(32 * KB), { fin: part === 4 });
  socket.send('{"type":"audio"}');
  await until(() => bodiesOf(given).length === 3);
  expect(bodiesOf(given).map((body) => body.length)).toEqual([32 * KB, 128 * KB, 16]);
});

test('beyond the rate of the stage or the route a message is answered with Too Many Requests', async () => {
  const given = await api({
    stage: { RouteSettings: { audio: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2 } } },
  });
  const client = await given.open();
  for (const type of ['audio', 'audio', 'audio', 'other']) client.socket.send(JSON.stringify({ type }));
  const [heard = ''] = await client.hears(1);
  await until(() => bodiesOf(given).length === 3);
  expect([JSON.parse(heard), bodiesOf(given)]).toEqual([
    expect.objectContaining({ message: 'Too Many Requests', connectionId: client.connectionId }),
    ['{"type":"audio"}', '{"type":"audio"}', '{"type":"other"}'],
  ]);
});

const MINUTE = 60_000;

test('ten idle minutes end a connection; a message, a ping or an answer keeps it', async () => {
  const clock = testClock(Date.now());
  const given = await api({ clock });
  const client = await given.open();
  await clock.advance(9 * MINUTE);
  client.socket.send('still here');
  await until(() => bodiesOf(given).length === 1);
  await clock.advance(9 * MINUTE);
  client.socket.ping();
  await new Promise((resolve) => client.socket.once('pong', resolve));
  await clock.advance(9 * MINUTE);
  const isOpen = client.socket.readyState === client.socket.OPEN;
  await clock.advance(MINUTE);
  expect({ isOpen, closed: await client.closed }).toEqual({
    isOpen: true,
    closed: { code: 1001, reason: 'Going away' },
  });
});

test('two hours end a connection, however busy it is', async () => {
  const clock = testClock(Date.now());
  const given = await api({ clock });
  const client = await given.open();
  for (let minute = 0; minute < 115; minute += 5) {
    await clock.advance(5 * MINUTE);
    client.socket.send(String(minute));
    await until(() => bodiesOf(given).length === minute / 5 + 1);
  }
  await clock.advance(5 * MINUTE);
  expect({
    closed: await client.closed,
    afterMs: clock.now() - Number(given.events[0]?.requestContext.connectedAt),
  }).toEqual({ closed: { code: 1001, reason: 'Going away' }, afterMs: 120 * MINUTE });
  await until(() => given.events.at(-1)?.requestContext.eventType === 'DISCONNECT');
  expect(given.events.at(-1)?.requestContext.disconnectReason).toBe('Going away');
});

test('a client that vanishes is told as 1006, one that gives no code as 1005', async () => {
  const given = await api();
  const ends: unknown[] = [];
  for (const leave of ['terminate', 'close'] as const) {
    const { socket } = await given.open();
    const before = given.events.length;
    socket[leave]();
    await until(() => given.events.length > before);
    const { disconnectStatusCode, disconnectReason } = given.events.at(-1)?.requestContext ?? {};
    ends.push([disconnectStatusCode, disconnectReason]);
  }
  expect(ends).toEqual([
    [1006, ''],
    [1005, 'Client-side close frame status not set'],
  ]);
});

test('a flood of 3000 messages arrives whole', async () => {
  const given = await api();
  const { socket } = await given.open();
  for (let seq = 0; seq < 3000; seq += 1) socket.send(`{"type":"audio","seq":${seq}}`);
  await until(() => bodiesOf(given).length === 3000);
  expect(new Set(bodiesOf(given)).size).toBe(3000);
});
