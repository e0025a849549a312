import type * as z from 'zod';
import { type PhoneNumber, statusOfNumber } from './phone-number.ts';
import type { PhoneNumberView } from './phone-number-requests.ts';

/** A number as this tenant sees it. */
export const phoneNumberView = (number: PhoneNumber, userId: string): z.output<typeof PhoneNumberView> => ({
  phoneNumber: number.phoneNumber,
  provider: number.provider,
  status: statusOfNumber(number),
  country: number.country ?? null,
  type: number.type ?? null,
  capabilities: number.capabilities,
  origin: number.origin,
  isYours: number.userId === userId,
  inboundAgentId: number.inboundAgentId ?? null,
  outboundAgentIds: [...number.outboundAgentIds],
  assignedAt: number.assignedAt ?? null,
  claimedAt: number.claimedAt ?? null,
  vanishedAt: number.vanishedAt ?? null,
});
