import type { PhoneNumber } from '../../../shared/telephony/phone-number.ts';

/** A number of Twilio's that the stage has always had; a test says what matters. */
export const phoneNumberRow = (
  change: Partial<PhoneNumber> & Pick<PhoneNumber, 'phoneNumber' | 'userId'>,
): PhoneNumber => ({
  provider: 'twilio',
  providerId: `PN${'0'.repeat(32)}`,
  origin: 'stage',
  capabilities: { voice: true, sms: false, mms: false },
  outboundAgentIds: [],
  revision: 0,
  ...change,
});
