import { E164 } from '../telephony/phone-number.ts';
import type { Identity } from './customer.ts';

/** What Twilio shows instead of a number that was withheld (help.twilio.com, "Why am I getting calls from these strange numbers?", 2026-11). */
const WITHHELD = ['+7378742833', '+2562533', '+8656696', '+266696687', '+86282452253'];

/** Whom a telephone number stands for; undefined for one that was withheld, or that is none of a person's. */
export const phoneIdentity = (number: string | undefined): Identity | undefined => {
  const parsed = E164.safeParse(number);
  if (!parsed.success || WITHHELD.includes(parsed.data)) return undefined;
  return { kind: 'phone', value: parsed.data };
};
