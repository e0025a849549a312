/** Numbers to be had, by country and type: ranges that are reserved for fiction, so that none is anybody's. */
interface Range {
  readonly prefix: string;
  /** How many digits follow the prefix. */
  readonly digits: number;
  readonly from: number;
  readonly count: number;
}

/** NANP: 555-0100 to 555-0199 of each area code; toll-free 555-0100 to -0199. Ofcom, ARCEP, BNetzA and ACMA name theirs. */
const RANGES: Readonly<Record<string, Range>> = {
  'US/DID': { prefix: '+1206555', digits: 4, from: 100, count: 100 },
  'US/TOLL_FREE': { prefix: '+1800555', digits: 4, from: 100, count: 100 },
  'CA/DID': { prefix: '+1416555', digits: 4, from: 100, count: 100 },
  'GB/DID': { prefix: '+4420794600', digits: 2, from: 0, count: 100 },
  'GB/TOLL_FREE': { prefix: '+44808157', digits: 4, from: 100, count: 100 },
  'FR/DID': { prefix: '+3319900', digits: 4, from: 0, count: 100 },
  'DE/DID': { prefix: '+493023125', digits: 3, from: 0, count: 100 },
  'AU/DID': { prefix: '+6125550', digits: 4, from: 0, count: 100 },
};

/** Days before a number that was given back can be claimed again (administrator guide, "Release a phone number"). */
const COOLDOWN_MS = 30 * 24 * 60 * 60 * 1000;

/** Every number of a country and type, whoever holds it; empty where Connect has none. */
export const numbersOf = (countryCode: string, type: string): readonly string[] => {
  const range = RANGES[`${countryCode}/${type}`];
  if (range === undefined) return [];
  const { prefix, digits, from, count } = range;
  return Array.from({ length: count }, (_, index) => `${prefix}${String(from + index).padStart(digits, '0')}`);
};

/** Country and type of a number that is in stock somewhere; undefined for any other. */
export const originOf = (phoneNumber: string): { countryCode: string; type: string } | undefined => {
  const key = Object.keys(RANGES).find((one) => {
    const [countryCode = '', type = ''] = one.split('/');
    return numbersOf(countryCode, type).includes(phoneNumber);
  });
  const [countryCode, type] = key?.split('/') ?? [];
  return countryCode === undefined || type === undefined ? undefined : { countryCode, type };
};

export const isCool = (releasedAtMs: number | undefined, nowMs: number): boolean =>
  releasedAtMs === undefined || nowMs - releasedAtMs >= COOLDOWN_MS;
