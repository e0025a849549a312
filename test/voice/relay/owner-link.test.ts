import { expect, test } from 'vitest';
import { openOwnerLink } from '../../../shared/voice/relay/owner-link.ts';
import { DialRefused, type OwnerSocketEvents } from '../../../shared/voice/relay/owner-socket-ws.ts';
import { virtualClock } from '../support/virtual-clock.ts';

type Dialled = 'up' | 'down' | 'refused';

/** A link over sockets that come up, or do not, as the script says; what comes after its end is up. */
const linkOver = async (...script: readonly Dialled[]) => {
  const clock = virtualClock();
  const sockets: { events: OwnerSocketEvents; sent: string[]; isClosed: boolean; atMs: number }[] = [];
  const heard: unknown[] = [];
  const began = clock.now();
  let dialled = 0;
  let lost = 0;
  const dial = async (events: OwnerSocketEvents) => {
    const outcome = script[dialled] ?? 'up';
    dialled += 1;
    if (outcome === 'refused') throw new DialRefused(409);
    if (outcome === 'down') throw new Error('Connection refused.');
    const socket = { events, sent: [] as string[], isClosed: false, atMs: clock.now() - began };
    sockets.push(socket);
    return {
      send: (text: string) => void socket.sent.push(text),
      close: () => {
        socket.isClosed = true;
      },
    };
  };
  const link = await openOwnerLink(
    { dial, clock },
    {
      envelope: ({ message }) => void heard.push(message),
      lost: () => {
        lost += 1;
      },
    },
  );
  return { clock, sockets, heard, link, lost: () => lost, dialled: () => dialled };
};

const envelope = (seq: number): string =>
  JSON.stringify({ connectionId: 'c1', atMs: 1, message: { type: 'audio', seq } });

test('what comes in envelopes is heard in its order; whatever else comes is counted and passed over', async () => {
  const { sockets, heard, link } = await linkOver();
  const [socket] = sockets;
  for (const text of [envelope(0), 'no json', '{"type":"pong"}', '{"connectionId":1}', envelope(1)]) {
    socket?.events.message(text);
  }
  expect([heard, link.unreadable()]).toEqual([[0, 1].map((seq) => ({ type: 'audio', seq })), 3]);
});

test('a connection that breaks is dialled again, later each time, and is heard as the one before was', async () => {
  const { clock, sockets, heard, lost } = await linkOver('up', 'down', 'down', 'up');
  sockets[0]?.events.closed();
  await clock.advance(1000);
  sockets[1]?.events.message(envelope(7));
  expect([sockets.map(({ atMs }) => atMs), heard, lost()]).toEqual([[0, 1000], [{ type: 'audio', seq: 7 }], 0]);
});

test('a refused handshake means another owner: the call is lost at once, without further asking', async () => {
  const { clock, sockets, lost, dialled } = await linkOver('up', 'refused');
  sockets[0]?.events.closed();
  await clock.advance(10_000);
  expect([dialled(), lost()]).toEqual([2, 1]);
});

test('a network that does not come back loses the call after three and a half seconds, once', async () => {
  const { clock, sockets, lost, dialled } = await linkOver('up', 'down', 'down', 'down', 'down', 'down');
  sockets[0]?.events.closed();
  await clock.advance(3499);
  expect(lost()).toBe(0);
  await clock.advance(60_000);
  expect([dialled(), lost()]).toEqual([6, 1]);
});

test('a ping each five minutes keeps the connection that is up from being idle', async () => {
  const { clock, sockets } = await linkOver();
  await clock.advance(6 * 60_000);
  sockets[0]?.events.closed();
  await clock.advance(5 * 60_000);
  expect(sockets.map(({ sent }) => sent)).toEqual([['{"type":"ping"}'], ['{"type":"ping"}']]);
});

test('a link that is closed hears nothing, dials no more, and is not lost', async () => {
  const { clock, sockets, heard, link, lost, dialled } = await linkOver();
  link.close();
  sockets[0]?.events.message(envelope(0));
  sockets[0]?.events.closed();
  await clock.advance(60 * 60_000);
  expect([sockets[0]?.isClosed, sockets[0]?.sent, heard, lost(), dialled()]).toEqual([true, [], [], 0, 1]);
});

test('one that is closed while it is being dialled again closes what came up', async () => {
  const { clock, sockets, link, lost } = await linkOver('up', 'up');
  sockets[0]?.events.closed();
  const dialling = clock.advance(100);
  link.close();
  await dialling;
  await clock.advance(10_000);
  expect([sockets.slice(1).every(({ isClosed }) => isClosed), lost()]).toEqual([true, 0]);
});

test('an owner that cannot be reached from the start does not begin', async () => {
  await expect(linkOver('refused')).rejects.toThrow('The WebSocket API answered 409.');
});
