import * as z from 'zod';
import { TwilioError } from './twilio-account.ts';
import { type TwilioDependencies, twilioRequest } from './twilio-request.ts';

const IncomingNumber = z.object({
  sid: z.string(),
  phone_number: z.string(),
  friendly_name: z.string().nullish(),
  voice_url: z.string().nullish(),
  capabilities: z.object({ voice: z.boolean(), sms: z.boolean(), mms: z.boolean() }).partial().nullish(),
});
/** A number of the account, as Twilio shows it. */
export type TwilioNumber = z.output<typeof IncomingNumber>;

const NumberPage = z.object({
  incoming_phone_numbers: z.array(IncomingNumber),
  next_page_uri: z.string().nullish(),
});

const Offers = z.object({
  available_phone_numbers: z.array(
    z.object({
      phone_number: z.string(),
      iso_country: z.string(),
      locality: z.string().nullish(),
      region: z.string().nullish(),
      // Twilio writes these in capitals here, and in small letters of numbers that are bought.
      capabilities: z.object({ voice: z.boolean(), SMS: z.boolean(), MMS: z.boolean() }).partial().nullish(),
    }),
  ),
});
export type TwilioOffer = z.output<typeof Offers>['available_phone_numbers'][number];

/** Twilio's largest page (docs, "Twilio's response", paging). */
const PAGE_SIZE = 1000;
/** More numbers than any account of a stage has. */
const MOST_PAGES = 10;
/** "PhoneNumber is not available", "is not a valid number to be bought" (twilio.com/docs/api/errors). */
const NOT_TO_BE_HAD = [21_421, 21_422];
const NOT_FOUND = 404;

export type TwilioNumberKind = 'Local' | 'TollFree' | 'Mobile';

/** Numbers by Twilio's REST API 2010-04-01. All throw `TwilioError`, or what `fetch` throws. */
export interface TwilioNumbers {
  /** Undefined when the account has no such number. */
  readonly findNumber: (phoneNumber: string) => Promise<TwilioNumber | undefined>;
  readonly listNumbers: () => Promise<{ readonly numbers: readonly TwilioNumber[]; readonly isWhole: boolean }>;
  /** None where Twilio sells no such numbers. */
  readonly searchNumbers: (wanted: {
    readonly country: string;
    readonly kind: TwilioNumberKind;
    readonly areaCode?: string | undefined;
    readonly limit: number;
  }) => Promise<readonly TwilioOffer[]>;
  /** Undefined when nobody can buy it (any more), the account that has it already among them. */
  readonly buyNumber: (phoneNumber: string, friendlyName: string) => Promise<TwilioNumber | undefined>;
  /** A number that is gone already is no error. */
  readonly releaseNumber: (sid: string) => Promise<void>;
  /** Whom the number's calls are told to; empty text: nobody. */
  readonly pointNumber: (
    sid: string,
    webhooks: { readonly voiceUrl: string; readonly statusUrl: string },
  ) => Promise<void>;
}

/** The numbers of the stage's account. */
export const twilioNumbers = (dependencies: TwilioDependencies): TwilioNumbers => ({
  findNumber: async (phoneNumber) => {
    const path = `IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(phoneNumber)}&PageSize=1`;
    const { incoming_phone_numbers: found } = NumberPage.parse(await twilioRequest(dependencies, 'GET', path));
    return found.find((number) => number.phone_number === phoneNumber);
  },
  listNumbers: async () => {
    const numbers: TwilioNumber[] = [];
    let query: string | undefined = `?PageSize=${PAGE_SIZE}`;
    for (let page = 0; query !== undefined && page < MOST_PAGES; page += 1) {
      const answer = NumberPage.parse(await twilioRequest(dependencies, 'GET', `IncomingPhoneNumbers.json${query}`));
      numbers.push(...answer.incoming_phone_numbers);
      query = nextQuery(answer.next_page_uri);
    }
    return { numbers, isWhole: query === undefined };
  },
  searchNumbers: async ({ country, kind, areaCode, limit }) => {
    const query = new URLSearchParams({ PageSize: String(limit), VoiceEnabled: 'true' });
    if (areaCode !== undefined) query.set(hasAreaCodes(country) ? 'AreaCode' : 'Contains', areaCode);
    const path = `AvailablePhoneNumbers/${encodeURIComponent(country)}/${kind}.json?${query.toString()}`;
    const answer = await twilioRequest(dependencies, 'GET', path).catch(unlessNotFound);
    return answer === undefined ? [] : Offers.parse(answer).available_phone_numbers;
  },
  buyNumber: async (phoneNumber, friendlyName) => {
    try {
      const fields = [
        ['PhoneNumber', phoneNumber],
        ['FriendlyName', friendlyName],
      ] as const;
      return IncomingNumber.parse(await twilioRequest(dependencies, 'POST', 'IncomingPhoneNumbers.json', fields));
    } catch (error) {
      if (error instanceof TwilioError && error.code !== undefined && NOT_TO_BE_HAD.includes(error.code)) {
        return undefined;
      }
      throw error;
    }
  },
  releaseNumber: async (sid) => {
    await twilioRequest(dependencies, 'DELETE', numberPath(sid)).catch(unlessNotFound);
  },
  pointNumber: async (sid, { voiceUrl, statusUrl }) => {
    await twilioRequest(dependencies, 'POST', numberPath(sid), [
      ['VoiceUrl', voiceUrl],
      ['VoiceMethod', 'POST'],
      ['StatusCallback', statusUrl],
      ['StatusCallbackMethod', 'POST'],
    ]);
  },
});

const numberPath = (sid: string): string => `IncomingPhoneNumbers/${encodeURIComponent(sid)}.json`;

/** Twilio searches by area code in these countries only; elsewhere digits are searched anywhere in the number. */
const hasAreaCodes = (country: string): boolean => country === 'US' || country === 'CA';

/** The query alone: the path of a page's address is ours to know. */
const nextQuery = (uri: string | null | undefined): string | undefined => {
  const at = uri?.indexOf('?') ?? -1;
  return at < 0 ? undefined : uri?.slice(at);
};

const unlessNotFound = (error: unknown): undefined => {
  if (error instanceof TwilioError && error.status === NOT_FOUND) return undefined;
  throw error;
};
