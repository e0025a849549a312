import type { CloudClock, KeyValueStore } from '../core/service.ts';
import { newSid, type TwilioAccount } from './account.ts';
import { type CallPlan, type FinalStatus, LiveCall, type LiveCallDependencies } from './live-call.ts';
import { type Phone, phoneCall, type Ringing, ringing } from './phone.ts';
import { type Alert, Refusal } from './refusal.ts';
import type { Verb } from './twiml.ts';

type DialVerb = Extract<Verb, { verb: 'dial' }>;

/** A number of the account and whom its calls are told to. */
export interface IncomingNumber {
  readonly sid: string;
  readonly phoneNumber: string;
  readonly friendlyName?: string;
  readonly voiceUrl: string;
  readonly statusCallback: string;
}

export interface OutboundCall {
  readonly to: string;
  readonly from: string;
  readonly url: string;
  readonly statusCallback: string | undefined;
  readonly statusEvents: readonly string[];
  readonly timeoutSeconds: number;
}

export interface ExchangeOptions {
  readonly account: TwilioAccount;
  readonly clock: CloudClock;
  readonly store: KeyValueStore;
  readonly numbers: readonly string[];
  readonly voice: LiveCallDependencies['voice'];
}

/** The telephone network with one account's numbers and everybody's phones. Numbers outlive a restart, calls do not. */
export class Exchange {
  readonly account: TwilioAccount;
  readonly alerts: Alert[] = [];
  readonly calls = new Map<string, LiveCall>();
  readonly #options: ExchangeOptions;
  readonly #waiting = new Map<string, ((call: Ringing) => void)[]>();
  readonly #phones = new Set<string>();

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.account = options.account;
    for (const phoneNumber of options.numbers) {
      if (this.number(phoneNumber)) continue;
      this.save({ sid: newSid('PN'), phoneNumber, voiceUrl: '', statusCallback: '' });
    }
  }

  numbers(): IncomingNumber[] {
    return this.#options.store.list<IncomingNumber>().map(({ value }) => value);
  }

  number(phoneNumber: string): IncomingNumber | undefined {
    return this.numbers().find((number) => number.phoneNumber === phoneNumber);
  }

  save(number: IncomingNumber): void {
    this.#options.store.put(number.phoneNumber, number);
  }

  release({ phoneNumber }: IncomingNumber): void {
    this.#options.store.delete(phoneNumber);
  }

  /** A phone somewhere in the world. */
  phone(number: string): Phone {
    this.#phones.add(number);
    return {
      number,
      call: (to) => phoneCall(this.#callIn(number, to)),
      nextCall: () =>
        new Promise((take) => {
          this.#waiting.set(number, [...(this.#waiting.get(number) ?? []), take]);
        }),
    };
  }

  /** Somebody rings a number of the account. */
  #callIn(from: string, to: string): LiveCall {
    const number = this.number(to);
    const call = this.#begin({
      from,
      to,
      direction: 'inbound',
      statusEvents: [],
      voiceUrl: number?.voiceUrl ?? '',
      statusUrl: number?.statusCallback || undefined,
    });
    call.ring();
    if (number === undefined || number.voiceUrl === '') call.end('failed');
    else void call.lead();
    return call;
  }

  /** The account calls somebody (`POST Calls.json`). */
  callOut({ to, from, url, statusCallback, statusEvents, timeoutSeconds }: OutboundCall): LiveCall {
    const parties = { from, to, direction: 'outbound-api' as const };
    const call = this.#begin({ ...parties, voiceUrl: url, statusUrl: statusCallback, statusEvents });
    call.initiated();
    // Where there is no phone the network says so at once.
    if (!this.#phones.has(to)) call.end('failed');
    else void this.#ringUntil(call, timeoutSeconds);
    return call;
  }

  /** A `<Dial>` rings somebody, and shows a number that the account, or the caller, really has. */
  #dial(
    parent: CallPlan,
    { to, callerId = parent.from, timeoutSeconds, statusCallback, statusEvents }: DialVerb,
  ): LiveCall {
    const leg = this.#begin({
      from: callerId,
      to,
      direction: 'outbound-dial',
      parentSid: parent.sid,
      voiceUrl: '',
      statusUrl: statusCallback,
      statusEvents,
    });
    const mayShow = this.number(callerId) !== undefined || callerId === parent.from;
    if (!mayShow) {
      this.alerts.push({ code: 13_214, message: `Dial: Invalid callerId value: ${callerId}`, callSid: parent.sid });
    }
    if (!mayShow || !this.#phones.has(to)) leg.end('failed');
    else void this.#ringUntil(leg, timeoutSeconds);
    return leg;
  }

  /** Throws what Twilio answers when the call cannot be changed. */
  redirectCall(sid: string, url: string): LiveCall {
    const call = this.find(sid);
    if (call.status !== 'in-progress') throw new Refusal(400, 21_220, 'Call is not in-progress. Cannot redirect.');
    call.redirect(url);
    return call;
  }

  async #ringUntil(call: LiveCall, timeoutSeconds: number): Promise<void> {
    call.ring();
    const [taker] = this.#waiting.get(call.plan.to) ?? [];
    this.#waiting.get(call.plan.to)?.shift();
    taker?.(ringing(call));
    const settled = new AbortController();
    const stop = () => settled.abort(new Error('The phone rings no more.'));
    call.answered.promise.then(stop, stop);
    await this.#options.clock.sleep(timeoutSeconds * 1000, settled.signal).then(
      () => call.end('no-answer'),
      () => undefined,
    );
  }

  /** Throws what Twilio answers when the call cannot be changed. */
  endCall(sid: string, status: Extract<FinalStatus, 'completed' | 'canceled'>): LiveCall {
    const call = this.find(sid);
    if (call.isOver) throw new Refusal(400, 21_220, 'Call is not in-progress. Cannot redirect.');
    // Twilio's "Update a call" page: `canceled` does not affect calls that are in progress.
    if (status === 'canceled' && call.status === 'in-progress') return call;
    call.end(status === 'completed' && call.status !== 'in-progress' ? 'canceled' : status);
    return call;
  }

  find(sid: string): LiveCall {
    const call = this.calls.get(sid);
    const path = `/2010-04-01/Accounts/${this.account.accountSid}/Calls/${sid}.json`;
    if (!call) throw new Refusal(404, 20_404, `The requested resource ${path} was not found`);
    return call;
  }

  /** Everybody is hung up on, as when the network breaks down. */
  async close(): Promise<void> {
    for (const call of this.calls.values()) call.end('failed');
    await Promise.allSettled([...this.calls.values()].map((call) => call.told()));
  }

  #begin(plan: Omit<LiveCall['plan'], 'sid'>): LiveCall {
    const { account, clock, voice } = this.#options;
    const alert = (one: Alert) => void this.alerts.push(one);
    const dial = (parent: CallPlan, verb: DialVerb) => this.#dial(parent, verb);
    const call = new LiveCall({ ...plan, sid: newSid('CA') }, { account, clock, voice, alert, dial });
    this.calls.set(call.plan.sid, call);
    return call;
  }
}
