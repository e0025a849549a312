import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Call } from '../../shared/calls/call.ts';
import { type MediaServer, startMediaServer } from '../../shared/media/media-server.ts';
import { type PhoneStreamsDeps, phoneStream } from '../../shared/media/phone-streams.ts';
import { twilioSignature } from '../../shared/telephony/twilio-signature.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import type { InboundMessage } from '../../shared/voice/session/transport.ts';
import { hashOfToken } from '../../shared/voice/stores/session-keys.ts';
import type { VoiceSession } from '../../shared/voice/stores/voice-session.ts';

const TOKEN = 'auth-token-of-the-stage';
const PUBLIC = 'wss://media.example.com';
const CALL = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b22' as Call['callId'];

/** The server over one call whose owner notes what it hears until the caller is gone. */
const start = async () => {
  const heard: InboundMessage[] = [];
  const loads: number[] = [];
  const unused = new Set([hashOfToken('stream-token')]);
  const phone: PhoneStreamsDeps = {
    sessions: {
      find: async () => ({ callId: CALL, userId: 'ann', epoch: 0 }) as VoiceSession,
      attachClient: async () => true,
      callOwner: async () => true,
    },
    tickets: { redeem: async (hash) => (unused.delete(hash) ? { kind: 'phone', callId: CALL } : undefined) },
    calls: { transition: async () => ({ written: false, current: undefined }) },
    telephone: { hangUp: async () => undefined, putThrough: async () => undefined },
    own: async ({ transport }) => {
      transport.send({ type: 'audio', epoch: 1, turn: 0, audio: new Uint8Array(160) });
      for await (const message of transport.messages) heard.push(message);
    },
    clock: systemSessionClock(),
    newId: () => 'media-1',
    secret: () => 'secret',
  };
  const server = await startMediaServer(
    {
      publicUrl: PUBLIC,
      authToken: async () => TOKEN,
      phone: phoneStream(phone),
      clients: { accept: (socket) => socket.close(1000, ''), active: () => 0, idle: async () => undefined },
      loaded: (calls) => loads.push(calls),
      failed: () => undefined,
    },
    0,
  );
  return { server, heard, loads };
};

const health = async ({ port }: MediaServer): Promise<number> =>
  (await fetch(`http://127.0.0.1:${port}/health`)).status;

const dial = async ({ port }: MediaServer, path: string, signature?: string): Promise<WebSocket | number> => {
  const headers = signature === undefined ? {} : { 'x-twilio-signature': signature };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  const opened = once(socket, 'open').then(() => socket);
  const refused = once(socket, 'unexpected-response').then(
    ([, response]) => (response as { statusCode: number }).statusCode,
  );
  refused.catch(() => undefined);
  socket.on('error', () => undefined);
  opened.catch(() => undefined);
  return Promise.race([opened, refused]);
};

const SIGNED = twilioSignature(TOKEN, `${PUBLIC}/twilio`);
const START = (token: string) =>
  JSON.stringify({
    event: 'start',
    sequenceNumber: '1',
    streamSid: 'MZ1',
    start: {
      callSid: 'CA1',
      accountSid: 'AC1',
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: { token },
    },
  });

describe('the media server', () => {
  const servers: MediaServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  const started = async () => {
    const all = await start();
    servers.push(all.server);
    return all;
  };

  it('lets the provider’s stream in by signature and token, and is idle again when the caller hangs up', async () => {
    const { server, heard, loads } = await started();
    const phone = (await dial(server, '/twilio', SIGNED)) as WebSocket;
    const spoken = once(phone, 'message');
    phone.send('{"event":"connected"}');
    phone.send(START('stream-token'));
    expect(JSON.parse(String((await spoken)[0] as Buffer))).toMatchObject({ event: 'media', streamSid: 'MZ1' });
    expect(server.calls()).toBe(1);
    phone.send('{"event":"stop","streamSid":"MZ1","sequenceNumber":"2"}');
    phone.close();
    await server.drain();
    expect(heard).toEqual([{ type: 'session.end' }, { type: 'disconnected' }]);
    expect(loads).toEqual([1, 0]);
  });

  it('refuses a stream without the signature, or whose token is wrong or used', async () => {
    const { server } = await started();
    expect(await dial(server, '/twilio')).toBe(401);
    expect(await dial(server, '/twilio', twilioSignature(TOKEN, 'wss://evil.example.com/twilio'))).toBe(401);
    for (const token of ['wrong', '']) {
      const phone = (await dial(server, '/twilio', SIGNED)) as WebSocket;
      const closed = once(phone, 'close');
      phone.send(START(token));
      expect((await closed)[0]).toBe(1000);
    }
    expect([await dial(server, '/elsewhere'), await dial(server, '/ws?callId=nobody')]).toEqual([404, 404]);
  });

  it('takes nobody any more and is unwell once it drains', async () => {
    const { server } = await started();
    expect(await health(server)).toBe(200);
    await server.drain();
    expect([await health(server), await dial(server, '/twilio', SIGNED)]).toEqual([503, 503]);
  });
});
