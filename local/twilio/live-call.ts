import type { CloudClock } from '../core/service.ts';
import type { Fields, TwilioAccount } from './account.ts';
import { aborted, bridged } from './bridge.ts';
import { FRAME_MS, type Line, openLine } from './line.ts';
import { type MediaStream, openMediaStream } from './media-stream.ts';
import type { Alert } from './refusal.ts';
import { parseTwiml, TwimlError, type Verb } from './twiml.ts';
import { callWebhook } from './webhooks.ts';

type DialVerb = Extract<Verb, { verb: 'dial' }>;

export type FinalStatus = 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';
export type CallStatus = 'queued' | 'ringing' | 'in-progress' | FinalStatus;

export interface CallPlan {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  /** Asked for TwiML; a leg that `<Dial>` rings follows none. */
  readonly voiceUrl: string;
  /** Of the call whose `<Dial>` rings this leg. */
  readonly parentSid?: string;
  readonly statusUrl: string | undefined;
  /** Which changes are told there; the end always is, except of a leg that `<Dial>` rings. */
  readonly statusEvents: readonly string[];
}

export interface LiveCallDependencies {
  readonly account: TwilioAccount;
  readonly clock: CloudClock;
  /** Speaks what `<Say>` says: µ-law, 8 kHz. */
  readonly voice: (text: string, language: string) => Promise<Uint8Array>;
  readonly alert: (alert: Alert) => void;
  /** Rings the phone that a `<Dial>` of this call names. */
  readonly dial: (parent: CallPlan, verb: DialVerb) => LiveCall;
}

/** A call from its first ring to its end, as Twilio leads it. */
export class LiveCall {
  readonly plan: CallPlan;
  /** What `<Say>` has said. */
  readonly said: string[] = [];
  readonly answered = Promise.withResolvers<Line>();
  readonly ended = Promise.withResolvers<FinalStatus>();
  #status: CallStatus = 'queued';
  #line: Line | undefined;
  #stream: MediaStream | undefined;
  #callbacks: Promise<void> = Promise.resolve();
  #told = 0;
  #answeredAtMs = 0;
  readonly #over = new AbortController();
  /** Aborted to leave the verb under way for another document. */
  #present = new AbortController();
  #elsewhere: string | undefined;
  readonly #dependencies: LiveCallDependencies;

  constructor(plan: CallPlan, dependencies: LiveCallDependencies) {
    this.plan = plan;
    this.#dependencies = dependencies;
    // Nobody may wait for a call that is never answered.
    this.answered.promise.catch(() => undefined);
  }

  get status(): CallStatus {
    return this.#status;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Whole seconds since the call was answered; undefined before. */
  get durationSeconds(): number | undefined {
    return this.#line && Math.ceil((this.#dependencies.clock.now() - this.#answeredAtMs) / 1000);
  }

  /** The media stream, while there is one. */
  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  ring(): void {
    this.#status = 'ringing';
    this.#tell('ringing', 'ringing');
  }

  /** Somebody is on the line: TwiML is asked for and followed to its end. */
  async lead(): Promise<void> {
    if (this.plan.direction !== 'inbound') this.#answer();
    if (this.plan.direction === 'outbound-dial') return;
    try {
      await this.#follow(await this.#document(this.plan.voiceUrl));
      this.end('completed');
    } catch (error) {
      if (this.isOver) return;
      const code = error instanceof TwimlError ? error.code : 11_200;
      this.#alert(code, error instanceof Error ? error.message : String(error));
      this.end(this.#line ? 'completed' : 'failed');
    }
  }

  /** Leaves what it does for what another address says (`POST Calls/{sid}` with `Url`). */
  redirect(url: string): void {
    this.#elsewhere = url;
    this.#present.abort(new Error('The call goes on elsewhere.'));
  }

  /** Ends the call; a second time nothing happens. */
  end(status: FinalStatus): void {
    if (this.isOver) return;
    const seconds = this.durationSeconds;
    this.#status = status;
    this.#over.abort(new Error('The call is over.'));
    this.answered.reject(new Error(`The call was not answered: ${status}.`));
    this.#tell('completed', status, seconds === undefined ? {} : { CallDuration: String(seconds) });
    this.ended.resolve(status);
  }

  /** Resolves when all that was to be told about the call has been. */
  told(): Promise<void> {
    return this.#callbacks;
  }

  #answer(): Line {
    if (this.#line) return this.#line;
    const { clock } = this.#dependencies;
    this.#status = 'in-progress';
    this.#answeredAtMs = clock.now();
    this.#line = openLine(clock, this.#over.signal);
    this.#tell('answered', 'in-progress');
    this.answered.resolve(this.#line);
    return this.#line;
  }

  #alert(code: number, message: string): void {
    this.#dependencies.alert({ code, message, callSid: this.plan.sid });
  }

  async #document(url: string, more: Fields = {}): Promise<Verb[]> {
    const fields = { ...this.#fields(), ...more };
    const { status, type, text } = await callWebhook(this.#dependencies.account, url, fields);
    if (status !== 200) throw new Error(`The webhook answered ${status}.`);
    if (!/^(?:text|application)\/xml\b/.test(type)) throw new TwimlError(12_100, `The webhook answered "${type}".`);
    return parseTwiml(text);
  }

  async #follow(document: readonly Verb[]): Promise<void> {
    let verbs = document;
    for (let index = 0; index < verbs.length && !this.isOver; index += 1) {
      const verb = verbs[index] as Verb;
      if (verb.verb === 'hangup') return;
      if (verb.verb === 'reject' && !this.#line) return this.end(verb.reason === 'busy' ? 'busy' : 'no-answer');
      const next = verb.verb === 'redirect' ? await this.#document(verb.url) : await this.#perform(verb);
      if (next === undefined) continue;
      verbs = next;
      index = -1;
    }
  }

  /** Does what the verb says; gives the document that takes the place of what follows, if one does. */
  async #perform(verb: Exclude<Verb, { verb: 'hangup' | 'redirect' }>): Promise<Verb[] | undefined> {
    const next = verb.verb === 'dial' ? await this.#dial(this.#answer(), verb) : await this.#play(verb);
    const elsewhere = this.#elsewhere;
    if (elsewhere === undefined || this.isOver) return next;
    this.#elsewhere = undefined;
    this.#present = new AbortController();
    this.#line?.clear();
    return this.#document(elsewhere);
  }

  async #dial(line: Line, verb: DialVerb): Promise<Verb[] | undefined> {
    const leg = this.#dependencies.dial(this.plan, verb);
    const outcome = await bridged(line, leg, this.#stop());
    const more = { DialCallSid: leg.plan.sid, ...outcome };
    if (verb.action === undefined) return undefined;
    // Also of a call whose caller has hung up meanwhile.
    if (this.isOver) this.#send(verb.action, { ...this.#fields(), ...more });
    return this.isOver || this.#elsewhere !== undefined ? undefined : this.#document(verb.action, more);
  }

  #stop(): AbortSignal {
    return AbortSignal.any([this.#over.signal, this.#present.signal]);
  }

  async #play(verb: Exclude<Verb, DialVerb | { verb: 'hangup' | 'redirect' }>): Promise<undefined> {
    const line = this.#answer();
    if (verb.verb === 'say') {
      this.said.push(verb.text);
      line.play(await this.#dependencies.voice(verb.text, verb.language));
      await Promise.race([line.playedOut(), aborted(this.#stop())]);
    } else if (verb.verb === 'pause') {
      await this.#dependencies.clock.sleep(verb.seconds * 1000, this.#stop()).catch(() => undefined);
    } else if (verb.verb === 'stream') await this.#connect(line, verb);
  }

  /** Until the other side closes the stream; one that cannot be opened is an alert, and the next verb follows. */
  async #connect(line: Line, verb: Extract<Verb, { verb: 'stream' }>): Promise<void> {
    const { account } = this.#dependencies;
    const alert = (code: number, message: string) => this.#alert(code, message);
    const refused = addressProblem(verb.url);
    if (refused) return alert(refused.code, refused.message);
    try {
      const options = { account, callSid: this.plan.sid, line, signal: this.#stop(), alert };
      this.#stream = await openMediaStream({ ...options, url: verb.url, parameters: verb.parameters });
    } catch (error) {
      alert(31_920, error instanceof Error ? error.message : String(error));
      return this.#tellStream(verb.statusCallback, 'stream-error');
    }
    this.#tellStream(verb.statusCallback, 'stream-started');
    await this.#stream.closed;
    this.#tellStream(verb.statusCallback, 'stream-stopped');
    this.#stream = undefined;
    // What was sent last is still heard.
    if (!this.isOver) await this.#dependencies.clock.sleep(FRAME_MS, this.#stop()).catch(() => undefined);
  }

  #fields(): Fields {
    const { sid, from, to, direction, parentSid } = this.plan;
    return {
      ...(parentSid === undefined ? {} : { ParentCallSid: parentSid }),
      AccountSid: this.#dependencies.account.accountSid,
      ApiVersion: '2010-04-01',
      CallSid: sid,
      CallStatus: this.#status === 'queued' ? 'ringing' : this.#status,
      Called: to,
      Caller: from,
      Direction: direction,
      From: from,
      To: to,
    };
  }

  #tell(event: string, status: string, more: Fields = {}): void {
    const { statusUrl, statusEvents, direction } = this.plan;
    const isAlways = event === 'completed' && direction !== 'outbound-dial';
    if (!statusUrl || !(isAlways || statusEvents.includes(event))) return;
    const Timestamp = new Date(this.#dependencies.clock.now()).toUTCString();
    const callback = { CallbackSource: 'call-progress-events', SequenceNumber: String(this.#told), Timestamp };
    this.#told += 1;
    this.#send(statusUrl, { ...this.#fields(), ...callback, CallStatus: status, ...more });
  }

  #tellStream(url: string | undefined, StreamEvent: string): void {
    if (url === undefined) return;
    const { sid } = this.plan;
    const { accountSid } = this.#dependencies.account;
    const StreamSid = this.#stream?.streamSid ?? '';
    this.#send(url, { AccountSid: accountSid, CallSid: sid, StreamSid, StreamEvent });
  }

  /** One after the other, as they happened; a callback that fails is an alert and is not repeated. */
  #send(url: string, fields: Fields): void {
    this.#callbacks = this.#callbacks.then(async () => {
      try {
        const { status } = await callWebhook(this.#dependencies.account, url, fields);
        if (status >= 400) this.#alert(15_003, `The status callback answered ${status}.`);
      } catch (error) {
        this.#alert(15_003, error instanceof Error ? error.message : String(error));
      }
    });
  }

  /** The first thing told of a call that was asked for by the API. */
  initiated(): void {
    this.#tell('initiated', 'initiated');
  }
}

/** Twilio dials no address with a query and no plain one, except, here, on this machine. */
function addressProblem(address: string): { readonly code: number; readonly message: string } | undefined {
  if (!URL.canParse(address)) return { code: 31_921, message: 'The address is no URL.' };
  const { protocol, search, hostname } = new URL(address);
  if (search !== '') return { code: 31_920, message: 'The address has a query.' };
  const isHere = hostname === '127.0.0.1' || hostname === 'localhost';
  if (protocol === 'wss:' || (protocol === 'ws:' && isHere)) return undefined;
  return { code: 31_922, message: 'The address is not wss.' };
}
