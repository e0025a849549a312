import * as z from 'zod';
import { wholeNumber } from '../http/query.ts';
import { E164 } from './phone-number.ts';

/** Body of `PUT /phone-numbers/{phoneNumber}/assignment`. */
export const AssignPhoneNumberBody = z.strictObject({
  agentId: z.uuid().meta({ description: 'The agent that answers calls to this number.' }),
});

/** Query of `GET /phone-numbers`. */
export const ListPhoneNumbersQuery = z.strictObject({
  limit: wholeNumber(1, 100).default(20).meta({ description: 'Numbers a page; 20 unless stated.' }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before.' }),
});

export const PhoneNumberView = z.strictObject({
  phoneNumber: E164,
  agentId: z.uuid(),
  status: z.enum(['pointing', 'assigned']).meta({
    description: '`pointing`: the telephone provider has not confirmed yet; send the same assignment again.',
  }),
  assignedAt: z.int().meta({ description: 'Unix seconds.' }),
});

export const PhoneNumberListView = z.strictObject({
  phoneNumbers: z.array(PhoneNumberView),
  nextCursor: z.string().nullable(),
});
