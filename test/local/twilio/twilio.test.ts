import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { newAccount } from '../../../local/twilio/account.ts';
import { type LocalTwilio, startTwilio } from '../../../local/twilio/index.ts';
import { memoryStore } from '../support/memory-store.ts';

const CALLER = '+14155550123';
const CALLEE = '+14155550199';

/** An application that answers each webhook with the next document and notes what it was sent. */
const startApplication = async (authToken: string, documents: (url: string) => readonly string[]) => {
  const told: Record<string, string>[] = [];
  const unsigned: string[] = [];
  const streamed: Record<string, unknown>[] = [];
  const queue: string[] = [];
  let url = '';
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const signature = String(request.headers['x-twilio-signature']);
    if (!twilio.validateRequest(authToken, signature, `${url}${request.url}`, fields)) unsigned.push(request.url ?? '');
    if (request.url === '/status') told.push(fields);
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(request.url === '/status' ? '' : `<Response>${queue.shift() ?? '<Hangup/>'}</Response>`);
  };
  const http = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ server: http });
  let onMessage: (message: Record<string, unknown>, send: (reply: unknown) => void) => void = () => undefined;
  sockets.on('connection', (socket, request) => {
    const signature = String(request.headers['x-twilio-signature']);
    const signed = url.replace('http', 'ws') + request.url;
    if (!twilio.validateRequest(authToken, signature, signed, {})) unsigned.push('stream');
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString('utf8')) as Record<string, unknown>;
      streamed.push(message);
      onMessage(message, (reply) => (reply === 'close' ? socket.close() : socket.send(JSON.stringify(reply))));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  queue.push(...documents(url));
  return {
    url,
    told,
    unsigned,
    streamed,
    whenStreamed: (listener: typeof onMessage) => {
      onMessage = listener;
    },
    close: () => {
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      return new Promise((resolve) => http.close(resolve));
    },
  };
};

describe('the embedded Twilio', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  const start = async (documents: (url: string) => readonly string[] = () => []) => {
    const account = newAccount();
    const local = await startTwilio({ account, store: memoryStore(), port: 0, voice: async () => new Uint8Array(160) });
    const application = await startApplication(account.authToken, documents);
    ends.push(local.close, application.close);
    const [number] = local.numbers();
    if (number === undefined) throw new Error('The account has no number.');
    return { local, application, account, number };
  };
  /** Twilio's own library, told where this Twilio is. */
  const libraryFor = ({ url, account }: LocalTwilio) => {
    const client = twilio(account.accountSid, account.authToken);
    const send = client.httpClient.request.bind(client.httpClient);
    client.httpClient.request = (options) =>
      send({ ...options, uri: options.uri.replace('https://api.twilio.com', url) });
    return client;
  };

  it('speaks with Twilio’s own library: numbers are found and pointed, calls made and refused', async () => {
    const { local, application, number } = await start();
    const client = libraryFor(local);
    const [found] = await client.incomingPhoneNumbers.list({ phoneNumber: number.phoneNumber, limit: 1 });
    expect(found).toMatchObject({ sid: number.sid, phoneNumber: number.phoneNumber });
    await client.incomingPhoneNumbers(number.sid).update({ voiceUrl: `${application.url}/voice` });
    expect(local.numbers()[0]).toMatchObject({ voiceUrl: `${application.url}/voice` });
    const to = { to: CALLEE, url: `${application.url}/voice` };
    await expect(client.calls.create({ ...to, from: '+14155550111' })).rejects.toMatchObject({ code: 21_210 });
    await expect(client.calls.create({ ...to, from: number.phoneNumber, to: '12' })).rejects.toMatchObject({
      code: 21_211,
      status: 400,
    });
    await expect(client.calls(`CA${'0'.repeat(32)}`).update({ status: 'completed' })).rejects.toMatchObject({
      code: 20_404,
    });
    const stranger = twilio(local.account.accountSid, 'f'.repeat(32));
    stranger.httpClient.request = (options) => client.httpClient.request(options);
    await expect(stranger.calls(`CA${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ code: 20_003, status: 401 });
  });

  it('sells numbers as Twilio’s own library asks for them: searched, bought once, given back', async () => {
    const { local } = await start();
    const client = libraryFor(local);
    const [offer] = await client.availablePhoneNumbers('US').local.list({ areaCode: 415, limit: 1 });
    const phoneNumber = offer?.phoneNumber ?? '';
    const wanted = { phoneNumber, friendlyName: 'oratio 1' };
    const bought = await client.incomingPhoneNumbers.create(wanted);
    await expect(client.incomingPhoneNumbers.create(wanted)).rejects.toMatchObject({ code: 21_422, status: 400 });
    await expect(client.incomingPhoneNumbers.create({ phoneNumber: 'x' })).rejects.toMatchObject({ code: 21_421 });
    await expect(client.availablePhoneNumbers('FR').mobile.list()).rejects.toMatchObject({ code: 20_404 });
    const held = await client.incomingPhoneNumbers.list({ pageSize: 2 });
    const removed = await client.incomingPhoneNumbers(bought.sid).remove();
    expect({ offer, bought, held: held.length, removed, left: local.numbers().length }).toMatchObject({
      offer: { phoneNumber: '+14155550100', locality: 'San Francisco', capabilities: { voice: true, SMS: true } },
      bought: { phoneNumber, friendlyName: 'oratio 1', capabilities: { voice: true, sms: true } },
      held: 4,
      removed: true,
      left: 3,
    });
  });

  it('rings, follows the document and tells how a call of the API went, all signed', async () => {
    const { local, application, number } = await start(() => ['<Say>Good day &amp; welcome.</Say><Pause length="0"/>']);
    const rung = local.phone(CALLEE).nextCall();
    await libraryFor(local).calls.create({
      to: CALLEE,
      from: number.phoneNumber,
      url: `${application.url}/voice`,
      statusCallback: `${application.url}/status`,
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
    const call = (await rung).answer();
    expect(await call.ended).toBe('completed');
    expect(call.said).toEqual(['Good day & welcome.']);
    await expect
      .poll(() => application.told.map(({ CallStatus }) => CallStatus))
      .toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
    expect(application.unsigned).toEqual([]);
  });

  it('dials the media stream and plays, marks and clears as Twilio does', async () => {
    const { local, application, number } = await start((url) => [
      `<Connect><Stream url="${url.replace('http', 'ws')}/stream"><Parameter name="token" value="t&quot;1"/></Stream></Connect><Hangup/>`,
    ]);
    const client = libraryFor(local);
    await client.incomingPhoneNumbers(number.sid).update({ voiceUrl: `${application.url}/voice` });
    const seconds = (count: number) => Buffer.alloc(count * 8000, 0x10).toString('base64');
    application.whenStreamed((message, send) => {
      const { event, streamSid } = message;
      if (event === 'start') {
        send({ event: 'media', streamSid, media: { payload: seconds(0.04) } });
        send({ event: 'mark', streamSid, mark: { name: 'heard' } });
        send({ event: 'media', streamSid, media: { payload: seconds(60) } });
        send({ event: 'mark', streamSid, mark: { name: 'cleared' } });
        send({ event: 'media', streamSid: 'MZ1', media: { payload: 'AAAA' } });
      }
      if (event === 'mark' && (message.mark as { name: string }).name === 'heard') send({ event: 'clear', streamSid });
      if (event === 'dtmf') send('close');
    });
    const call = local.phone(CALLER).call(number.phoneNumber);
    await call.say(new Uint8Array(320).fill(0x20));
    await expect.poll(() => application.streamed.filter(({ event }) => event === 'mark').length).toBe(2);
    call.dtmf('5');
    expect(await call.ended).toBe('completed');
    const of = (kind: string) => application.streamed.filter(({ event }) => event === kind);
    expect(of('start')).toMatchObject([
      { sequenceNumber: '1', start: { callSid: call.callSid, customParameters: { token: 't"1' } } },
    ]);
    expect(of('mark').map(({ mark }) => (mark as { name: string }).name)).toEqual(['heard', 'cleared']);
    expect(of('media').slice(0, 2)).toMatchObject([
      { media: { track: 'inbound', chunk: '1', timestamp: '0' } },
      { media: { chunk: '2', timestamp: '20' } },
    ]);
    expect(call.clears()).toHaveLength(1);
    expect(call.heard().filter((byte) => byte === 0x10).length).toBeLessThan(8000);
    expect(local.alerts.map(({ code }) => code)).toEqual([31_924]);
    expect(application.unsigned).toEqual([]);
  });

  it('ends calls that nobody takes, that are declined, and that go nowhere', async () => {
    const { local, application, number } = await start(() => ['<Reject reason="busy"/>', 'no < xml']);
    const declined = local.phone(CALLEE).nextCall();
    const client = libraryFor(local);
    const outbound = { from: number.phoneNumber, url: `${application.url}/voice` };
    const { sid } = await client.calls.create({ ...outbound, to: CALLEE });
    (await declined).decline();
    expect((await client.calls(sid).fetch()).status).toBe('busy');
    const nowhere = await client.calls.create({ ...outbound, to: '+14155550150' });
    expect((await client.calls(nowhere.sid).fetch()).status).toBe('failed');
    expect(await local.phone(CALLER).call('+12025550199').ended).toBe('failed');
    await client.incomingPhoneNumbers(number.sid).update({ voiceUrl: `${application.url}/voice` });
    expect(await local.phone(CALLER).call(number.phoneNumber).ended).toBe('busy');
    expect(await local.phone(CALLER).call(number.phoneNumber).ended).toBe('failed');
    expect(local.alerts.map(({ code }) => code)).toEqual([12_100]);
  });
});
