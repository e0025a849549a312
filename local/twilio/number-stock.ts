import { Refusal } from './refusal.ts';

/** Numbers that Twilio sells, of ranges that are reserved for fiction, so that none is anybody's. */
interface Range {
  readonly prefix: string;
  /** How many digits follow the prefix. */
  readonly digits: number;
  readonly from: number;
  readonly count: number;
  readonly locality?: string;
  readonly region?: string;
  readonly sms: boolean;
}

export interface StockedNumber extends Pick<Range, 'locality' | 'region' | 'sms'> {
  readonly phoneNumber: string;
  readonly country: string;
}

/** Area codes whose 555-0100 to -0199 are in stock (North American Numbering Plan). */
const AREAS: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = {
  US: { '312': ['Chicago', 'IL'], '415': ['San Francisco', 'CA'], '212': ['New York', 'NY'] },
  CA: { '604': ['Vancouver', 'BC'] },
};

/** Ofcom (020 7946 0xxx, 07700 900xxx) and BNetzA (030 23125 xxx, 0171 39200 xx) name theirs. */
const RANGES: Readonly<Record<string, readonly Range[]>> = {
  ...Object.fromEntries(
    Object.entries(AREAS).map(([country, areas]) => [
      `${country}/Local`,
      Object.entries(areas).map(([area, [locality, region]]): Range => {
        const prefix = `+1${area}555`;
        return { prefix, digits: 4, from: 100, count: 100, locality, region, sms: true };
      }),
    ]),
  ),
  'US/TollFree': [{ prefix: '+1888555', digits: 4, from: 100, count: 100, sms: true }],
  'GB/Local': [{ prefix: '+4420794601', digits: 2, from: 0, count: 100, locality: 'London', sms: false }],
  'GB/Mobile': [{ prefix: '+447700900', digits: 3, from: 0, count: 1000, sms: true }],
  'DE/Local': [{ prefix: '+493023125', digits: 3, from: 500, count: 100, locality: 'Berlin', sms: false }],
};

/** What is in stock of a country and type. Throws as Twilio answers where it sells none. */
export function stockOf(country: string, type: string): readonly StockedNumber[] {
  const ranges = RANGES[`${country}/${type}`];
  if (ranges === undefined) {
    const path = `/2010-04-01/AvailablePhoneNumbers/${country}/${type}.json`;
    throw new Refusal(404, 20_404, `The requested resource ${path} was not found`);
  }
  return ranges.flatMap(({ prefix, digits, from, count, ...of }) =>
    Array.from({ length: count }, (_, index) => ({
      phoneNumber: `${prefix}${String(from + index).padStart(digits, '0')}`,
      country,
      ...of,
    })),
  );
}

/** A number in stock anywhere; undefined for any other. */
export const stocked = (phoneNumber: string): StockedNumber | undefined =>
  Object.keys(RANGES)
    .flatMap((key) => stockOf(...(key.split('/') as [string, string])))
    .find((number) => number.phoneNumber === phoneNumber);
