import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { isSignedByTwilio, twilioSignature } from '../../shared/telephony/twilio-signature.ts';

const TOKEN = '12345678901234567890123456789012';
const URL = 'https://phone.example.com/api/v1/webhooks/twilio/voice?attempt=1';

describe('the signature of a Twilio webhook', () => {
  it("is what Twilio's own library makes, for any form", () => {
    const form = fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,12}$/), fc.string({ unit: 'grapheme', maxLength: 20 }));
    fc.assert(
      fc.property(form, (fields) => {
        expect(twilio.validateRequest(TOKEN, twilioSignature(TOKEN, URL, fields), URL, fields)).toBe(true);
      }),
    );
  });

  it('counts a repeated field as Twilio does', () => {
    const fields = { Digits: ['2', '1', '2'], CallSid: 'CA1' };
    expect(twilio.validateRequest(TOKEN, twilioSignature(TOKEN, URL, fields), URL, fields)).toBe(true);
  });

  it('holds for a WebSocket handshake, which has no fields', () => {
    const address = 'wss://voice.example.com/live';
    expect(twilio.validateRequest(TOKEN, twilioSignature(TOKEN, address), address, {})).toBe(true);
  });

  it('is refused when the address, a field, the key or the signature itself is another', () => {
    const fields = { CallSid: 'CA1', To: '+15551234567' };
    const signature = twilioSignature(TOKEN, URL, fields);
    expect(isSignedByTwilio(TOKEN, signature, URL, fields)).toBe(true);
    expect([
      isSignedByTwilio(TOKEN, signature, `${URL}/`, fields),
      isSignedByTwilio(TOKEN, signature, URL.replace('https', 'http'), fields),
      isSignedByTwilio(TOKEN, signature, URL, { ...fields, To: '+15551234568' }),
      isSignedByTwilio(`${TOKEN.slice(1)}9`, signature, URL, fields),
      isSignedByTwilio(TOKEN, `${signature}=`, URL, fields),
      isSignedByTwilio(TOKEN, undefined, URL, fields),
    ]).toEqual([false, false, false, false, false, false]);
  });
});
