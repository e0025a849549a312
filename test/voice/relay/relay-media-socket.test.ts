import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { relayMediaSocket } from '../../../shared/voice/relay/relay-media-socket.ts';

/** A phone behind the WebSocket API; `slow` lets posts wait until they are told to go on. */
const phone = ({ slow = false } = {}) => {
  const posted: string[] = [];
  const closed: string[] = [];
  const gate = Promise.withResolvers<void>();
  let answer: () => Promise<'sent' | 'gone'> = async () => 'sent';
  let linkClosed = 0;
  const socket = relayMediaSocket({
    sockets: {
      post: async (_to, text) => {
        if (slow) await gate.promise;
        posted.push(text);
        return answer();
      },
      close: async (id) => void closed.push(id),
    },
    connectionId: 'phone',
    closeLink: () => {
      linkClosed += 1;
    },
  });
  const read = async () => {
    const messages: unknown[] = [];
    for await (const message of socket.messages) messages.push(message);
    return messages;
  };
  const hear = (message: Record<string, string>, connectionId = 'phone') =>
    socket.hear({ connectionId, atMs: 1, message });
  return {
    socket,
    posted,
    closed,
    read,
    hear,
    go: gate.resolve,
    answers: (next: typeof answer) => {
      answer = next;
    },
    linkClosed: () => linkClosed,
  };
};

const media = (name: string) => `{"event":"media","name":"${name}"}`;
const CLEAR = '{"event":"clear"}';

test('what the phone sends is heard in order until it is gone; what another connection sends is not', async () => {
  const { read, hear } = phone();
  const reading = read();
  hear({ event: 'media', n: '1' });
  hear({ event: 'media', n: 'stranger' }, 'other');
  hear({ event: 'dtmf', n: '2' });
  hear({ type: 'disconnected' });
  hear({ event: 'media', n: 'late' });
  expect(await reading).toEqual([
    { event: 'media', n: '1' },
    { event: 'dtmf', n: '2' },
  ]);
});

test('posts keep their order, one after the other, and all are out before the phone’s connection is closed', async () => {
  const { socket, posted, closed, go, linkClosed } = phone({ slow: true });
  for (const text of [media('a'), media('b'), CLEAR]) socket.post(text);
  const closing = socket.close();
  await turn();
  expect([posted, closed]).toEqual([[], []]);
  go();
  await closing;
  expect([posted, closed, linkClosed()]).toEqual([[media('a'), media('b'), CLEAR], ['phone'], 1]);
});

test('a phone that takes nothing is sent no more than ten seconds of sound, but every command', async () => {
  const { socket, posted, go } = phone({ slow: true });
  for (let index = 0; index < 600; index += 1) socket.post(media(String(index)));
  socket.post(CLEAR);
  go();
  await socket.close();
  expect([posted.length, posted.at(-1)]).toEqual([501, CLEAR]);
});

test('one message that fails is a crackle; a phone that is gone ends the messages and hears nothing more', async () => {
  const { socket, posted, answers, read } = phone();
  const reading = read();
  answers(() => Promise.reject(new Error('Throttled.')));
  socket.post(media('lost'));
  await turn();
  answers(async () => 'gone');
  socket.post(media('gone'));
  expect(await reading).toEqual([]);
  socket.post(media('after'));
  await turn();
  expect(posted).toEqual([media('lost'), media('gone')]);
});

test('a successor is left the phone: releasing closes the owner’s link only', async () => {
  const { socket, closed, linkClosed, read } = phone();
  await socket.release();
  socket.post(media('late'));
  expect([await read(), closed, linkClosed()]).toEqual([[], [], 1]);
});
