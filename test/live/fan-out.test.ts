import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fanOut } from '../../shared/live/fan-out.ts';
import type { OperatorMessage } from '../../shared/live/operator-messages.ts';

const CALL = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const sound = (seq: number): OperatorMessage => ({
  type: 'call.audio',
  callId: CALL,
  seq,
  role: 'caller',
  sampleRateHertz: 8000,
  audio: '/w==',
});
const pong = (id: number): OperatorMessage => ({ type: 'pong', id: String(id) });

/** Connections that take a message when they are told to, or fail as the test says. */
const lines = (outcome: (connectionId: string) => 'sent' | 'gone' | Error = () => 'sent') => {
  const heard = new Map<string, OperatorMessage[]>();
  const stuck = new Set<string>();
  const opened = new Map<string, PromiseWithResolvers<void>>();
  const logged: string[] = [];
  const told = fanOut({
    sockets: {
      post: async (connectionId, text) => {
        if (stuck.has(connectionId)) await opened.get(connectionId)?.promise;
        const result = outcome(connectionId);
        if (result instanceof Error) throw result;
        if (result === 'sent') heard.set(connectionId, [...(heard.get(connectionId) ?? []), JSON.parse(text)]);
        return result;
      },
    },
    log: (code) => void logged.push(code),
  });
  return {
    ...told,
    logged,
    heard: (connectionId: string) => heard.get(connectionId) ?? [],
    stick: (connectionId: string) => {
      stuck.add(connectionId);
      opened.set(connectionId, Promise.withResolvers());
    },
    free: (connectionId: string) => {
      stuck.delete(connectionId);
      opened.get(connectionId)?.resolve();
    },
  };
};

test('a connection that is slow holds nobody up and hears everything in its order', async () => {
  const { send, idle, heard, stick, free } = lines();
  stick('slow');
  for (const id of [1, 2, 3]) for (const connection of ['slow', 'quick']) send(connection, pong(id));
  await new Promise(setImmediate);
  expect({ slow: heard('slow'), quick: heard('quick') }).toEqual({ slow: [], quick: [pong(1), pong(2), pong(3)] });
  free('slow');
  await idle();
  expect(heard('slow')).toEqual([pong(1), pong(2), pong(3)]);
});

test('a connection that is down is forgotten once, and told nothing more of what waited', async () => {
  const forgotten: string[] = [];
  const { send, idle, heard, logged } = lines(() => 'gone');
  for (const id of [1, 2, 3]) send('down', pong(id), async () => void forgotten.push('down'));
  await idle();
  expect({ forgotten, heard: heard('down'), logged }).toEqual({ forgotten: ['down'], heard: [], logged: [] });
});

test('after three failures in a row a connection counts as down', async () => {
  const forgotten: string[] = [];
  const { send, idle, logged } = lines(() => new Error('throttled'));
  for (const id of [1, 2, 3, 4, 5]) send('ill', pong(id), async () => void forgotten.push('ill'));
  await idle();
  expect({ forgotten, logged }).toEqual({ forgotten: ['ill'], logged: Array(3).fill('live.message.not-sent') });
});

test('what finds no room is dropped, sound first; who misses anything else is told so, and order is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 200 }), async (kinds) => {
      const { send, idle, heard, stick, free } = lines();
      stick('one');
      const messages = kinds.map((isSound, index) => (isSound ? sound(index) : pong(index)));
      for (const message of messages) send('one', message);
      free('one');
      await idle();
      const got = heard('one');
      const places = got.flatMap((message) => {
        if (message.type === 'call.audio') return [message.seq];
        return message.type === 'pong' ? [Number(message.id)] : [];
      });
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(new Set(places).size).toBe(places.length);
      const missed =
        messages.filter(({ type }) => type === 'pong').length - got.filter((m) => m.type === 'pong').length;
      const notices = got.filter((message) => message.type === 'problem');
      expect(notices.map(({ code }) => code)).toEqual(missed > 0 ? ['missed-messages'] : []);
      // Nothing but sound is dropped as long as there is sound to drop.
      if (missed > 0) expect(messages.filter(({ type }) => type === 'pong').length).toBeGreaterThan(60);
    }),
    { numRuns: 60 },
  );
});
