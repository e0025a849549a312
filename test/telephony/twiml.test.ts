import twilio from 'twilio';
import { expect, it } from 'vitest';
import { twiml } from '../../shared/telephony/twiml.ts';

it("connects a call to a stream as Twilio's own library writes it", () => {
  const response = new twilio.twiml.VoiceResponse();
  const stream = response.connect().stream({ url: 'wss://voice.example.com/live' });
  stream.parameter({ name: 'token', value: 'a"b<c&d' });
  response.hangup();
  const ours = twiml(
    { verb: 'stream', url: 'wss://voice.example.com/live', parameters: { token: 'a"b<c&d' } },
    { verb: 'hangup' },
  );
  expect(ours).toBe(response.toString());
});

it("rings a person as Twilio's own library writes it", () => {
  const [action, answered] = [
    'https://api.example.com/next?callId=1&epoch=2',
    'https://api.example.com/status?epoch=2',
  ];
  const response = new twilio.twiml.VoiceResponse();
  const dial = response.dial({ callerId: '+12025550100', timeout: 25, action, method: 'POST' });
  dial.number(
    { statusCallbackEvent: ['answered'], statusCallback: answered, statusCallbackMethod: 'POST' },
    '+12025550142',
  );
  const rung = { to: '+12025550142', callerId: '+12025550100', timeoutSeconds: 25, action, answered };
  expect(twiml({ verb: 'dial', ...rung })).toBe(response.toString());
});

it('says, waits and comes back', () => {
  const url = 'https://phone.example.com/voice?attempt=2&x=1';
  const ours = twiml(
    { verb: 'say', text: 'All lines are busy & we are sorry.\u0000', language: 'en-US' },
    { verb: 'pause', seconds: 10 },
    { verb: 'redirect', url },
  );
  expect(ours).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-US">All lines are busy &amp; we are sorry.</Say>' +
      '<Pause length="10"/><Redirect method="POST">https://phone.example.com/voice?attempt=2&amp;x=1</Redirect></Response>',
  );
});

it('turns a call away', () => {
  expect(twiml({ verb: 'reject', reason: 'busy' })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Response><Reject reason="busy"/></Response>',
  );
});
