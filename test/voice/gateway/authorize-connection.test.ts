import { expect, test } from 'vitest';
import { problem } from '../../../shared/kernel/problems.ts';
import { twilioSignature } from '../../../shared/telephony/twilio-signature.ts';
import { authorizeConnection } from '../../../shared/voice/gateway/authorize-connection.ts';
import type { GatewayDeps } from '../../../shared/voice/gateway/gateway-dependencies.ts';
import { SocketEvent } from '../../../shared/voice/gateway/socket-event.ts';

const TOKEN = 'auth-token-of-the-account';

/** A handshake with this signature, at a stage that told the provider this address. */
const handshake = (publicUrl: string, signature: string, authToken = async () => TOKEN) => {
  const telephone = { publicUrl, authToken };
  const event = {
    requestContext: { connectionId: 'c', eventType: 'CONNECT' },
    headers: { 'X-Twilio-Signature': signature },
  };
  return authorizeConnection({ telephone } as unknown as GatewayDeps, SocketEvent.parse(event));
};

test('a media stream is let in by the signature of the address the provider was given, with or without a slash at its end', async () => {
  const given = 'wss://voice.example.com/live';
  const signed = [given, `${given}/`, 'https://voice.example.com/live', 'wss://voice.example.com', `${given}?a=1`];
  const answers = (publicUrl: string) =>
    Promise.all(signed.map((url) => handshake(publicUrl, twilioSignature(TOKEN, url))));
  const phone = { peer: { kind: 'phone' } };
  const unknown = { status: 401 };
  const expected = [phone, phone, unknown, unknown, unknown];
  expect([await answers(given), await answers(`${given}/`)]).toEqual([expected, expected]);
  expect(await handshake(given, twilioSignature('another-token', given))).toEqual(unknown);
});

test('nobody is let in by a signature where the telephone account is yet to be entered', async () => {
  const given = 'wss://voice.example.com/live';
  const missing = () => Promise.reject(problem('telephony-not-configured', 'No account.'));
  expect(await handshake(given, twilioSignature('', given), missing)).toEqual({ status: 401 });
});
