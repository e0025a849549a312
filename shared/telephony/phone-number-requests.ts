import * as z from 'zod';
import { wholeNumber } from '../http/query.ts';
import { E164, NUMBER_PROVIDERS, NUMBER_STATUSES, NUMBER_TYPES } from './phone-number.ts';

const Provider = z.enum(NUMBER_PROVIDERS);
/** ISO 3166-1 alpha-2, as Twilio and Amazon Connect write countries. */
const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'Two capital letters: US, GB, DE.')
  .meta({ description: 'ISO 3166-1 alpha-2.', example: 'US' });
const NumberType = z.enum(NUMBER_TYPES).meta({ description: 'Amazon Connect has no `mobile`.' });
const AreaCode = z.string().regex(/^\d{2,5}$/, 'Digits of an area: 206.');

const DIRECTIONS = ['inbound', 'outbound'] as const;

/** Body of `PUT /phone-numbers/{phoneNumber}/assignment`. */
export const AssignPhoneNumberBody = z.strictObject({
  agentId: z.uuid().meta({ description: 'The agent that answers calls to this number, or may call from it.' }),
  direction: z.enum(DIRECTIONS).default('inbound').meta({
    description:
      '`inbound`: it answers, and no other agent does. `outbound`: it may call, as any number of agents may.',
  }),
  replaces: z.uuid().optional().meta({
    description:
      'The agent that answers now, when another one shall: without it, or when it is not that agent any more, a number that is answered is refused with `phone-number-taken`.',
  }),
});

/** Query of `DELETE /phone-numbers/{phoneNumber}/assignment`. */
export const FreePhoneNumberQuery = z.strictObject({
  direction: z.enum(DIRECTIONS).default('inbound').meta({ description: 'Which of its assignments ends.' }),
  agentId: z.uuid().optional().meta({
    description: 'Whose; the agent that answers unless stated. Needed for `outbound`.',
  }),
});

/** Query of `GET /phone-numbers`. */
export const ListPhoneNumbersQuery = z.strictObject({
  status: z.enum(NUMBER_STATUSES).optional().meta({ description: 'Only numbers in this status.' }),
  provider: Provider.optional().meta({ description: 'Only numbers of this provider.' }),
  agentId: z.uuid().optional().meta({ description: 'Only numbers that this agent answers or calls from.' }),
  limit: wholeNumber(1, 100).default(20).meta({
    description: 'Numbers a page; 20 unless stated. With a filter a page may have fewer.',
  }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before.' }),
});

/** Query of `GET /phone-numbers/offers`. */
export const PhoneNumberOffersQuery = z.strictObject({
  provider: Provider.default('twilio'),
  country: Country,
  type: NumberType.default('local'),
  areaCode: AreaCode.optional().meta({ description: 'Only numbers of this area, after the country code.' }),
  limit: wholeNumber(1, 30).default(10),
});

/** Body of `POST /phone-numbers`. */
export const ClaimPhoneNumberBody = z.strictObject({
  provider: Provider.default('twilio'),
  country: Country,
  type: NumberType.default('local'),
  phoneNumber: E164.optional().meta({ description: 'One of the offers; the first one that can be had unless stated.' }),
  areaCode: AreaCode.optional().meta({ description: 'Without `phoneNumber`: of which area.' }),
});

const Capabilities = z.strictObject({ voice: z.boolean(), sms: z.boolean(), mms: z.boolean() });

export const PhoneNumberView = z
  .strictObject({
    phoneNumber: E164,
    provider: Provider,
    status: z.enum(NUMBER_STATUSES).meta({
      description:
        '`claiming`, `releasing`: under way, or broken off; the same request again finishes it. `available`: no agent has it. `pointing`: the telephone provider has not confirmed the assignment yet; send it again. `assigned`: an agent answers it or may call from it.',
    }),
    country: z.string().nullable().meta({ description: 'ISO 3166-1 alpha-2; null where the provider does not say.' }),
    type: z.enum(NUMBER_TYPES).nullable(),
    capabilities: Capabilities,
    origin: z.enum(['stage', 'claimed', 'channel']).meta({
      description:
        '`stage`: it was in the telephone account; the first tenant to assign it has it until nobody uses it. `claimed`: you claimed it and can release it. `channel`: a channel of the agent brought it, and takes it away.',
    }),
    isYours: z.boolean().meta({ description: 'False: nobody has it yet, and you may assign it.' }),
    inboundAgentId: z.uuid().nullable().meta({ description: 'The one agent that answers.' }),
    outboundAgentIds: z.array(z.uuid()).meta({ description: 'Agents that may call from it besides.' }),
    assignedAt: z.int().nullable().meta({ description: 'Unix seconds; since when the agent answers.' }),
    claimedAt: z.int().nullable().meta({ description: 'Unix seconds.' }),
    vanishedAt: z.int().nullable().meta({
      description: 'Unix seconds; since when the provider does not have it any more. Null while it does.',
    }),
  })
  .meta({ id: 'PhoneNumber' });

export const PhoneNumberListView = z.strictObject({
  phoneNumbers: z.array(PhoneNumberView),
  nextCursor: z.string().nullable(),
});

export const PhoneNumberOffersView = z.strictObject({
  offers: z.array(
    z.strictObject({
      phoneNumber: E164,
      provider: Provider,
      country: z.string(),
      type: z.enum(NUMBER_TYPES),
      locality: z.string().nullable(),
      region: z.string().nullable(),
      capabilities: Capabilities,
    }),
  ),
});

const SyncOutcome = z.strictObject({
  status: z.enum(['synced', 'not-configured', 'failed']),
  detail: z.string().nullable().meta({ description: 'Why it failed.' }),
  numbers: z.int().meta({ description: 'Numbers that the provider has for you or for anybody.' }),
  added: z.int(),
  vanished: z.int().meta({ description: 'Numbers that the provider does not have any more.' }),
  repaired: z.int().meta({ description: 'Claims and assignments that had been broken off, finished now.' }),
});

export const PhoneNumberSyncView = z.strictObject({
  twilio: SyncOutcome,
  connect: SyncOutcome,
  syncedAt: z.int().meta({ description: 'Unix seconds.' }),
});
