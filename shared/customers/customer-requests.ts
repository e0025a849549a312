import * as z from 'zod';
import { wholeNumber } from '../http/query.ts';
import { MAX_FACT_CHARACTERS, MAX_FACT_NAME_CHARACTERS, MAX_FACTS } from './facts.ts';

const Cursor = z.string().optional().meta({ description: '`nextCursor` of the page before.' });

/** Query of `GET /agents/{agentId}/customers`. */
export const ListCustomersQuery = z.strictObject({
  limit: wholeNumber(1, 100).default(20).meta({ description: 'Customers a page; 20 unless stated.' }),
  cursor: Cursor,
});

/** Query of `GET /customers/{customerId}`. */
export const GetCustomerQuery = z.strictObject({
  limit: wholeNumber(1, 200).default(50).meta({ description: 'Entries of the conversation a page; 50 unless stated.' }),
  cursor: Cursor,
});

const Line = (characters: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(characters)
    .refine((text) => text.isWellFormed(), 'Not well-formed Unicode.');

/** Body of `PATCH /customers/{customerId}`. */
export const UpdateCustomerBody = z
  .strictObject({
    displayName: Line(120).nullable().optional().meta({ description: 'Null removes it.', example: 'Maria Lopez' }),
    facts: z
      .record(Line(MAX_FACT_NAME_CHARACTERS), Line(MAX_FACT_CHARACTERS).nullable())
      .refine((facts) => Object.keys(facts).length <= MAX_FACTS, `At most ${MAX_FACTS} facts.`)
      .optional()
      .meta({
        description: 'Facts to set; null removes one, what is not named stays.',
        example: { orderNumber: '4711' },
      }),
  })
  .meta({ id: 'UpdateCustomer' });

export const IDENTITY_KINDS = ['phone', 'whatsapp', 'instagram', 'facebook', 'twitter', 'chat', 'external'] as const;

/** Body of `POST /customers/{customerId}/identities`. */
export const LinkIdentityBody = z
  .strictObject({
    kind: z.enum(IDENTITY_KINDS).meta({
      description: '`phone` is a number (E.164) for calls, SMS and WhatsApp alike; `external` is a name of your own.',
    }),
    value: Line(256).meta({ example: '+15551234567' }),
  })
  .meta({ id: 'LinkIdentity' });
