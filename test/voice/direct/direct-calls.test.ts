import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DirectHost, startDirectHost } from '../support/direct-host.ts';
import { scriptedOwner, TICKET } from '../support/scripted-owner.ts';
import { describeTransport } from '../support/transport-suite.ts';

let host: DirectHost;
beforeAll(async () => {
  host = await startDirectHost(scriptedOwner);
});
afterAll(() => host.stop());

describe('the direct path', () => {
  describeTransport({ newCall: () => host.newCall(TICKET) });
});

const refusalOf = async (ticket: string | undefined): Promise<[code: string, closed: number]> => {
  const call = await host.newCall('');
  const client = await call.connect();
  client.send({ type: 'session.start', ...(ticket === undefined ? {} : { ticket }) });
  const { code } = await client.next('problem');
  return [code, await client.closed];
};

test('a call without a ticket, or with a wrong one, is refused', async () => {
  expect([await refusalOf(undefined), await refusalOf('wrong')]).toEqual([
    ['unauthenticated', 4401],
    ['unauthenticated', 4401],
  ]);
});

test('a call that is on is not started again, and one that is not on is not resumed', async () => {
  const call = await host.newCall(TICKET);
  const [first, second, third] = await Promise.all([
    call.connect(),
    call.connect(),
    (await host.newCall('')).connect(),
  ]);
  first.send({ type: 'session.start', ticket: TICKET });
  const { callId } = await first.next('session.ready');
  second.send({ type: 'session.start', ticket: TICKET });
  third.send({ type: 'session.resume', callId, resumeToken: 'x', lastPlayedSeq: -1 });
  const problems = await Promise.all([second.next('problem'), third.next('problem')]);
  expect([problems.map(({ code }) => code), await Promise.all([second.closed, third.closed])]).toEqual([
    ['call-taken', 'call-not-here'],
    [4409, 4409],
  ]);
  first.close();
});

test('a flood closes the connection', async () => {
  const client = await (await host.newCall('')).connect();
  for (let count = 0; count < 300; count += 1) client.send({ type: 'ping' });
  const problem = await client.next('problem');
  expect([problem.code, await client.closed]).toEqual(['too-many-messages', 4429]);
});

test('bytes instead of text close the connection', async () => {
  const client = await (await host.newCall('')).connect();
  client.sendRaw(Buffer.from([1, 2, 3]));
  expect(await client.closed).toBe(4400);
});

test('only the id of a call opens a socket', async () => {
  await expect(host.connect('0123456789'.repeat(4))).rejects.toMatchObject({ status: 404 });
});

test('the process says that it is busy while a call is on', async () => {
  const ping = async (): Promise<unknown> =>
    ((await (await fetch(`${host.url}/ping`)).json()) as { status: unknown }).status;
  const client = await (await host.newCall('')).connect();
  client.send({ type: 'session.start', ticket: TICKET });
  await client.next('session.ready');
  expect(await ping()).toBe('HealthyBusy');
  client.send({ type: 'session.end' });
  await client.closed;
});
