import type { Line } from './line.ts';
import type { FinalStatus, LiveCall } from './live-call.ts';

/** A call as the person with the phone has it. */
export interface PhoneCall {
  readonly callSid: string;
  /** Speaks µ-law (8 kHz) at the pace of speech; resolves when all of it was said. Throws when nobody answers. */
  readonly say: (audio: Uint8Array) => Promise<void>;
  readonly dtmf: (digits: string) => void;
  /** All that was heard since the call was answered, silence included, as µ-law: position is time. */
  readonly heard: () => Uint8Array;
  /** When something that was to be heard was dropped, in ms since the call was answered. */
  readonly clears: () => Line['clears'];
  /** What Twilio itself said. */
  readonly said: readonly string[];
  readonly status: () => LiveCall['status'];
  /** Resolves when somebody or something takes the call. Throws when nobody does. */
  readonly answered: () => Promise<void>;
  readonly hangUp: () => void;
  readonly ended: Promise<FinalStatus>;
  /** Each frame as it is heard. */
  readonly onFrame: (listener: (frame: Uint8Array) => void) => void;
}

/** A phone that rings. */
export interface Ringing {
  readonly from: string;
  readonly callSid: string;
  readonly answer: () => PhoneCall;
  readonly decline: () => void;
}

export interface Phone {
  readonly number: string;
  /** Rings a number of the account. */
  readonly call: (to: string) => PhoneCall;
  /** The next call that rings here. Who waits for none does not answer. */
  readonly nextCall: () => Promise<Ringing>;
}

/** The caller's side of a call. */
export function phoneCall(call: LiveCall): PhoneCall {
  let line: Line | undefined;
  let listener: ((frame: Uint8Array) => void) | undefined;
  const answered = call.answered.promise.then((opened) => {
    line = opened;
    opened.heardFrame((frame) => listener?.(frame));
  });
  answered.catch(() => undefined);
  return {
    callSid: call.plan.sid,
    say: async (audio) => {
      await (await call.answered.promise).say(audio);
    },
    dtmf: (digits) => {
      for (const digit of digits) call.stream?.dtmf(digit);
    },
    heard: () => line?.heard() ?? new Uint8Array(0),
    clears: () => line?.clears ?? [],
    said: call.said,
    status: () => call.status,
    answered: () => answered,
    hangUp: () => call.end(call.status === 'in-progress' ? 'completed' : 'canceled'),
    ended: call.ended.promise,
    onFrame: (next) => {
      listener = next;
    },
  };
}

/** A call that rings at a phone. */
export const ringing = (call: LiveCall): Ringing => ({
  from: call.plan.from,
  callSid: call.plan.sid,
  answer: () => {
    void call.lead();
    return phoneCall(call);
  },
  decline: () => call.end('busy'),
});
