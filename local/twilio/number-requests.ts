import { newSid } from './account.ts';
import type { Exchange, IncomingNumber } from './exchange.ts';
import { stocked, stockOf } from './number-stock.ts';
import { Refusal } from './refusal.ts';

/** Requests about numbers: those of the account, and those that can be bought. */

const PAGE_SIZE = 50;
const LONGEST_NAME = 64;

/** `GET IncomingPhoneNumbers.json`, a page at a time. */
export function listNumbers(exchange: Exchange, query: URLSearchParams): object {
  const wanted = query.get('PhoneNumber');
  const [page, pageSize] = [Number(query.get('Page') ?? 0), Number(query.get('PageSize') ?? PAGE_SIZE)];
  const found = exchange.numbers().filter(({ phoneNumber }) => wanted === null || phoneNumber === wanted);
  const first = page * pageSize;
  const path = `/2010-04-01/Accounts/${exchange.account.accountSid}/IncomingPhoneNumbers.json`;
  const next = new URLSearchParams({ PageSize: String(pageSize), Page: String(page + 1), PageToken: `PA${first}` });
  return {
    incoming_phone_numbers: found.slice(first, first + pageSize).map((number) => numberDocument(exchange, number)),
    page,
    page_size: pageSize,
    next_page_uri: found.length > first + pageSize ? `${path}?${next.toString()}` : null,
    previous_page_uri: null,
  };
}

/** `GET AvailablePhoneNumbers/{country}/{type}.json` */
export function searchNumbers(exchange: Exchange, country: string, type: string, query: URLSearchParams): object {
  const [area, contains] = [query.get('AreaCode'), query.get('Contains')];
  const free = stockOf(country, type)
    .filter(({ phoneNumber }) => exchange.number(phoneNumber) === undefined)
    .filter(({ phoneNumber }) => area === null || phoneNumber.startsWith(`+1${area}`))
    .filter(({ phoneNumber }) => contains === null || phoneNumber.includes(contains))
    .slice(0, Number(query.get('PageSize') ?? PAGE_SIZE));
  return {
    available_phone_numbers: free.map(({ phoneNumber, locality, region, sms }) => ({
      friendly_name: phoneNumber,
      phone_number: phoneNumber,
      iso_country: country,
      locality: locality ?? null,
      region: region ?? null,
      postal_code: null,
      address_requirements: 'none',
      beta: false,
      capabilities: { voice: true, SMS: sms, MMS: sms && type !== 'Mobile' },
    })),
    uri: `/2010-04-01/Accounts/${exchange.account.accountSid}/AvailablePhoneNumbers/${country}/${type}.json`,
  };
}

/** `POST IncomingPhoneNumbers.json`: buys a number. */
export function buyNumber(exchange: Exchange, form: URLSearchParams): object {
  const phoneNumber = form.get('PhoneNumber') ?? '';
  const friendlyName = form.get('FriendlyName') ?? phoneNumber;
  if (friendlyName.length > LONGEST_NAME) throw new Refusal(400, 21_405, 'FriendlyName is too long');
  if (!/^\+[1-9]\d{6,14}$/.test(phoneNumber)) throw new Refusal(400, 21_421, 'PhoneNumber is invalid');
  const number = stocked(phoneNumber);
  if (number === undefined || exchange.number(phoneNumber) !== undefined) {
    throw new Refusal(400, 21_422, `${phoneNumber} is not available.`);
  }
  const bought: IncomingNumber = { sid: newSid('PN'), phoneNumber, friendlyName, voiceUrl: '', statusCallback: '' };
  exchange.save(bought);
  return numberDocument(exchange, bought);
}

const isWebAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** `POST IncomingPhoneNumbers/{sid}.json` */
export function changeNumber(exchange: Exchange, number: IncomingNumber, form: URLSearchParams): object {
  const voiceUrl = form.get('VoiceUrl') ?? number.voiceUrl;
  const statusCallback = form.get('StatusCallback') ?? number.statusCallback;
  if (voiceUrl !== '' && !isWebAddress(voiceUrl)) throw new Refusal(400, 21_402, 'VoiceUrl is not valid');
  if (statusCallback !== '' && !isWebAddress(statusCallback)) {
    throw new Refusal(400, 21_609, `Invalid 'StatusCallback' URL: ${statusCallback}`);
  }
  const changed = { ...number, voiceUrl, statusCallback };
  exchange.save(changed);
  return numberDocument(exchange, changed);
}

const numberDocument = (
  { account }: Exchange,
  { sid, phoneNumber, friendlyName, voiceUrl, statusCallback }: IncomingNumber,
): object => {
  const sms = stocked(phoneNumber)?.sms ?? true;
  return {
    account_sid: account.accountSid,
    capabilities: { voice: true, sms, mms: sms, fax: false },
    friendly_name: friendlyName ?? phoneNumber,
    phone_number: phoneNumber,
    sid,
    status_callback: statusCallback,
    status_callback_method: 'POST',
    voice_method: 'POST',
    voice_url: voiceUrl,
  };
};
