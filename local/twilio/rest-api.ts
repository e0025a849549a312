import { timingSafeEqual } from 'node:crypto';
import { basicAuth } from './account.ts';
import type { Exchange } from './exchange.ts';
import type { LiveCall } from './live-call.ts';
import { buyNumber, changeNumber, listNumbers, searchNumbers } from './number-requests.ts';
import { Refusal } from './refusal.ts';

export interface RestRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: object | undefined;
}

const E164 = /^\+[1-9]\d{6,14}$/;
const STATUS_EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

/** The part of Twilio's REST API 2010-04-01 that has to do with calls and numbers, with Twilio's own refusals. */
export function answerRest(exchange: Exchange, request: RestRequest): RestAnswer {
  try {
    return route(exchange, request);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.document };
    throw error;
  }
}

function route(exchange: Exchange, { method, url, authorization, form }: RestRequest): RestAnswer {
  const { pathname, searchParams } = new URL(url, 'http://twilio');
  authenticate(exchange, authorization);
  const prefix = `/2010-04-01/Accounts/${exchange.account.accountSid}/`;
  const notFound = new Refusal(404, 20_404, `The requested resource ${pathname} was not found`);
  if (!pathname.startsWith(prefix)) throw notFound;
  const path = pathname.slice(prefix.length);
  const [, country, type] = /^AvailablePhoneNumbers\/([A-Z]{2})\/(Local|TollFree|Mobile)\.json$/.exec(path) ?? [];
  if (method === 'GET' && country !== undefined && type !== undefined) {
    return { status: 200, body: searchNumbers(exchange, country, type, searchParams) };
  }
  const [, resource, sid] = /^(Calls|IncomingPhoneNumbers)(?:\/([A-Z]{2}[0-9a-f]{32}))?\.json$/.exec(path) ?? [];
  const number = () => {
    const found = exchange.numbers().find((one) => one.sid === sid);
    if (!found) throw notFound;
    return found;
  };
  switch (`${method} ${resource}${sid === undefined ? '' : '/sid'}`) {
    case 'POST Calls':
      return { status: 201, body: createCall(exchange, form) };
    case 'GET Calls/sid':
      return { status: 200, body: callDocument(exchange, exchange.find(sid ?? '')) };
    case 'POST Calls/sid':
      return { status: 200, body: changeCall(exchange, sid ?? '', form) };
    case 'GET IncomingPhoneNumbers':
      return { status: 200, body: listNumbers(exchange, searchParams) };
    case 'POST IncomingPhoneNumbers':
      return { status: 201, body: buyNumber(exchange, form) };
    case 'POST IncomingPhoneNumbers/sid':
      return { status: 200, body: changeNumber(exchange, number(), form) };
    case 'DELETE IncomingPhoneNumbers/sid':
      exchange.release(number());
      return { status: 204, body: undefined };
    default:
      throw notFound;
  }
}

function authenticate({ account }: Exchange, authorization = ''): void {
  const [given, expected] = [Buffer.from(authorization), Buffer.from(basicAuth(account))];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Refusal(401, 20_003, 'Authenticate');
  }
}

const isWebAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

function createCall(exchange: Exchange, form: URLSearchParams): object {
  const [to, from, url] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Url') ?? ''];
  if (to === '') throw new Refusal(400, 21_201, "No 'To' number is specified");
  if (from === '') throw new Refusal(400, 21_213, "No 'From' number is specified");
  if (!E164.test(to)) throw new Refusal(400, 21_211, `Invalid 'To' Phone Number: ${to}`);
  if (!exchange.number(from)) {
    const message = `The source phone number provided, ${from}, is not yet verified for your account.`;
    throw new Refusal(400, 21_210, message);
  }
  if (!isWebAddress(url)) throw new Refusal(400, 21_205, 'Url is not a valid URL');
  const statusEvents = form.getAll('StatusCallbackEvent');
  const unknown = statusEvents.find((event) => !STATUS_EVENTS.includes(event));
  if (unknown !== undefined) throw new Refusal(400, 21_626, `Invalid StatusCallbackEvent: ${unknown}`);
  const timeoutSeconds = Number(form.get('Timeout') ?? 60);
  const statusCallback = form.get('StatusCallback') ?? undefined;
  return callDocument(exchange, exchange.callOut({ to, from, url, statusCallback, statusEvents, timeoutSeconds }));
}

function changeCall(exchange: Exchange, sid: string, form: URLSearchParams): object {
  const [status, url] = [form.get('Status'), form.get('Url')];
  if (status === null && url !== null) {
    if (!isWebAddress(url)) throw new Refusal(400, 21_205, 'Url is not a valid URL');
    return callDocument(exchange, exchange.redirectCall(sid, url));
  }
  if (status !== 'completed' && status !== 'canceled') throw new Refusal(400, 21_219, "'Status' is not valid");
  return callDocument(exchange, exchange.endCall(sid, status));
}

const callDocument = ({ account }: Exchange, { plan, status, durationSeconds }: LiveCall): object => ({
  account_sid: account.accountSid,
  api_version: '2010-04-01',
  direction: plan.direction,
  duration: durationSeconds === undefined ? null : String(durationSeconds),
  from: plan.from,
  sid: plan.sid,
  status,
  to: plan.to,
  uri: `/2010-04-01/Accounts/${account.accountSid}/Calls/${plan.sid}.json`,
});
