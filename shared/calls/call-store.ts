import type { CALL_TRANSITIONS, Call, CallEntry, CallId, CallStatus } from './call.ts';

export interface CallKey {
  readonly userId: string;
  readonly callId: CallId;
}

/** Where the entries of a call are: in the conversations table under `{userId}#{agentId}#{callId}`. */
export interface CallEntriesKey extends CallKey {
  readonly agentId: string;
}

export type CallTransition = keyof typeof CALL_TRANSITIONS;

/** Attributes to set with a transition; `null` removes one. The store itself keeps `status` and what indices are keyed by. */
export type CallChange = {
  readonly [Name in keyof Omit<Call, 'userId' | 'callId' | 'agentId' | 'status' | 'createdAtMs' | 'recordedParts'>]?:
    | Call[Name]
    | null;
};

/** `written: false`: the call was in no state the transition allows; `current` is its row, absent when there is none. */
export type CallWritten =
  | { readonly written: true; readonly call: Call }
  | { readonly written: false; readonly current: Call | undefined };

/** Which calls of a tenant; newest first. */
export interface CallQuery {
  readonly userId: string;
  readonly agentId?: string;
  readonly status?: CallStatus;
  /** No index knows these two: a page may have fewer calls than its limit. */
  readonly channel?: Call['channel'];
  readonly direction?: Call['direction'];
  /** Unix milliseconds, of the call's beginning; both ends belong to the range. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /**
   * Only calls that are over and that all of these can be found in, as `searchedWords` gives them. A page has fewer calls
   * than its limit then, whatever else is asked for.
   */
  readonly words?: readonly string[];
  /** 1 to 100. */
  readonly limit: number;
  /** The call after which the page starts. */
  readonly after?: CallId;
}

export interface CallPage {
  readonly calls: readonly Call[];
  /** The call after which the next page starts; absent on the last page. */
  readonly last?: CallId;
}

/** The calls of all tenants; every access is by key or index. */
export interface CallStore {
  /** False when there is a call with this id already. */
  readonly insert: (call: Call) => Promise<boolean>;
  /** Moves the call along one edge of `CALL_TRANSITIONS`; refused from any other state. */
  readonly transition: (key: CallKey, transition: CallTransition, change: CallChange) => Promise<CallWritten>;
  /** Notes by which id the telephone provider knows the call. False when the call is over, or forgotten. */
  readonly noteSid: (key: CallKey, callSid: string) => Promise<boolean>;
  /** Notes that an owner (its epoch) has stored its part of the recording; harmless when repeated, or when the call is forgotten. */
  readonly addRecording: (key: CallKey, part: number) => Promise<void>;
  /** Strongly consistent. */
  readonly find: (key: CallKey) => Promise<Call | undefined>;
  /** By the telephone provider's id; eventually consistent. */
  readonly findBySid: (callSid: string) => Promise<CallKey | undefined>;
  readonly list: (query: CallQuery) => Promise<CallPage>;
  /** All entries of a call in their order (`seq`). */
  readonly entries: (key: CallEntriesKey) => Promise<readonly CallEntry[]>;
  /** Erases calls of an agent, rows and entries, at most `limit` of them; true when none is left. For teardown: repeat until true. */
  readonly forget: (agent: { readonly userId: string; readonly agentId: string }, limit: number) => Promise<boolean>;
}

const bound = (ms: number, rest: string): string => {
  const hex = Math.max(0, Math.min(ms, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${rest}`;
};

/** The smallest and the greatest id that calls begun within a range can have (UUID version 7 begins with the milliseconds). */
export const callIdRange = ({ fromMs, toMs }: Pick<CallQuery, 'fromMs' | 'toMs'>): { from: string; to: string } => ({
  from: bound(fromMs ?? 0, '0000-0000-000000000000'),
  to: bound(toMs ?? 2 ** 48 - 1, 'ffff-ffff-ffffffffffff'),
});
