/** What goes wrong with a request that a rule hits. */
export type FaultKind =
  /** Refused as too many; nothing happened. */
  | 'throttle'
  /** An internal error; nothing happened. */
  | 'server-error'
  /** It happened, and the connection dies without an answer. */
  | 'timeout-after-effect'
  /** The calling function's process dies after the request took effect, before it hears of it. */
  | 'crash'
  /** The request takes effect twice. */
  | 'duplicate'
  /** Answered late by `delayMs`. */
  | 'slow';

export interface FaultRule {
  readonly kind: FaultKind;
  /** Service and operation the rule is for; absent means every one. */
  readonly service?: string;
  readonly operation?: string;
  /** Only requests of this role. */
  readonly roleName?: string;
  /** Which matching request is the first to be hit, counting from 1. */
  readonly nth?: number;
  /** How many in a row are hit; 1 unless stated. */
  readonly times?: number;
  /** For `slow`, in milliseconds of the cloud's clock. */
  readonly delayMs?: number;
}

/** One request, as a rule sees it. */
export interface FaultSubject {
  readonly service: string;
  readonly operation: string;
  readonly roleName?: string | undefined;
}

export interface FaultPlan {
  /** Replaces the rules and starts their counts over. */
  readonly load: (rules: readonly FaultRule[]) => void;
  readonly clear: () => void;
  /** The fault for this request, if any; counts it for every rule that matches. */
  readonly next: (subject: FaultSubject) => FaultRule | undefined;
  /** How often each rule has struck, in the order loaded. */
  readonly struck: () => readonly number[];
}

const matches = (rule: FaultRule, subject: FaultSubject): boolean =>
  (rule.service === undefined || rule.service === subject.service) &&
  (rule.operation === undefined || rule.operation === subject.operation) &&
  (rule.roleName === undefined || rule.roleName === subject.roleName);

/** Faults to inject, by service, operation and nth matching request. */
export function makeFaultPlan(rules: readonly FaultRule[] = []): FaultPlan {
  let loaded: { rule: FaultRule; seen: number; struck: number }[] = [];
  const load = (given: readonly FaultRule[]): void => {
    loaded = given.map((rule) => ({ rule, seen: 0, struck: 0 }));
  };
  load(rules);
  return {
    load,
    clear: () => load([]),
    next: (subject) => {
      let hit: FaultRule | undefined;
      for (const entry of loaded) {
        if (!matches(entry.rule, subject)) continue;
        entry.seen += 1;
        const first = entry.rule.nth ?? 1;
        const isDue = entry.seen >= first && entry.seen < first + (entry.rule.times ?? 1);
        if (!isDue || hit) continue;
        entry.struck += 1;
        hit = entry.rule;
      }
      return hit;
    },
    struck: () => loaded.map((entry) => entry.struck),
  };
}
