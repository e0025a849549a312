import type { IncomingMessage, ServerResponse } from 'node:http';
import { silence } from '../../audio/format.ts';
import { realClock } from '../core/clock.ts';
import { listen, readBody } from '../core/listener.ts';
import type { CloudClock, KeyValueStore } from '../core/service.ts';
import type { TwilioAccount } from './account.ts';
import { Exchange, type IncomingNumber } from './exchange.ts';
import type { CallStatus } from './live-call.ts';
import type { Phone } from './phone.ts';
import type { Alert } from './refusal.ts';
import { answerRest } from './rest-api.ts';
import { softPhones } from './soft-phone.ts';

export interface TwilioOptions {
  readonly account: TwilioAccount;
  /** Keeps the account's numbers. */
  readonly store: KeyValueStore;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock?: CloudClock;
  readonly numbers?: readonly string[];
  /** Speaks what `<Say>` says, as µ-law at 8 kHz; silence of the right length unless given. */
  readonly voice?: (text: string, language: string) => Promise<Uint8Array>;
}

/** Twilio on this machine: its REST API, its webhooks, its media streams, and the phones of the people who call. */
export interface LocalTwilio {
  /** In the place of `https://api.twilio.com`. */
  readonly url: string;
  readonly account: TwilioAccount;
  readonly numbers: () => readonly IncomingNumber[];
  readonly phone: (number: string) => Phone;
  /** What went wrong with calls, as Twilio's console would show it. */
  readonly alerts: readonly Alert[];
  readonly calls: () => readonly { readonly sid: string; readonly status: CallStatus }[];
  readonly close: () => Promise<void>;
}

/** Numbers that are reserved for fiction (202-555-0100 to -0199). */
const LOCAL_NUMBERS = ['+12025550100', '+12025550101', '+12025550102'] as const;

const MOST_FORM_BYTES = 64 * 1024;
/** A plain pace of speaking: 60 ms a character. */
const unspoken = async (text: string): Promise<Uint8Array> =>
  silence(text.length * 60, { encoding: 'mulaw', sampleRateHertz: 8000 });

/** Listens on loopback. Throws when the port is taken. */
export async function startTwilio(options: TwilioOptions): Promise<LocalTwilio> {
  const { account, store, port, clock = realClock, numbers = LOCAL_NUMBERS, voice = unspoken } = options;
  const exchange = new Exchange({ account, store, clock, numbers, voice });
  const listener = await listen(port, {
    request: (request, response) => void respond(exchange, request, response),
    upgrade: softPhones(() => exchange),
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    account,
    numbers: () => exchange.numbers(),
    phone: (number) => exchange.phone(number),
    alerts: exchange.alerts,
    calls: () => [...exchange.calls.values()].map(({ plan: { sid }, status }) => ({ sid, status })),
    close: async () => {
      await exchange.close();
      await listener.close();
    },
  };
}

async function respond(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const text = await readBody(request, MOST_FORM_BYTES).catch(() => Buffer.alloc(0));
  const form = new URLSearchParams(text.toString('utf8'));
  const answer = answerRest(exchange, { method, url, authorization: headers.authorization, form });
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.writeHead(answer.status, { 'content-type': 'application/json', 'twilio-request-duration': '0.001' });
  response.end(body);
}
