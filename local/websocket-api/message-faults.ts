/** What goes wrong with messages on their way between clients and functions. */
export interface MessageFaultRule {
  readonly kind: /** Never arrives. */
    | 'drop'
    /** Arrives twice. */
    | 'duplicate'
    /** `times` in a row arrive in the opposite order; those of a series that never becomes whole after half a second. */
    | 'reverse';
  /** From the client (`in`) unless stated. */
  readonly direction?: Direction;
  /** Only messages of this route (of direction `in`). */
  readonly routeKey?: string;
  readonly connectionId?: string;
  /** Which matching message is the first to be hit, counting from 1. */
  readonly nth?: number;
  /** How many in a row are hit: 1 unless stated, 2 for `reverse`; `Infinity` hits all that follow (a reverse of 2 again and again). */
  readonly times?: number;
}

export type Direction = 'in' | 'out';

export interface MessageOnItsWay {
  readonly direction: Direction;
  readonly connectionId: string;
  readonly routeKey?: string;
}

export interface MessageFaults {
  /** Replaces the rules and starts their counts over. */
  readonly load: (rules: readonly MessageFaultRule[]) => void;
  readonly clear: () => void;
  /** How many messages each rule has hit, in the order loaded. */
  readonly struck: () => readonly number[];
  /** Lets a message go its way: `arrive` is called once, twice, later or never. */
  readonly pass: (message: MessageOnItsWay, arrive: () => void) => void;
}

/** Machine time: a message held back is a matter of the network. */
const HOLD_MS = 500;

interface Loaded {
  readonly rule: MessageFaultRule;
  seen: number;
  struck: number;
  held: (() => void)[];
  timer?: NodeJS.Timeout;
}

const matches = ({ direction = 'in', routeKey, connectionId }: MessageFaultRule, message: MessageOnItsWay): boolean =>
  direction === message.direction &&
  (routeKey === undefined || routeKey === message.routeKey) &&
  (connectionId === undefined || connectionId === message.connectionId);

function isDue({ rule: { kind, nth = 1, times }, seen }: Loaded): boolean {
  return seen >= nth && seen < nth + (times ?? (kind === 'reverse' ? 2 : 1));
}

function release(entry: Loaded): void {
  clearTimeout(entry.timer);
  const held = entry.held.splice(0).reverse();
  for (const arrive of held) arrive();
}

function hold(entry: Loaded, arrive: () => void): void {
  const { times = 2 } = entry.rule;
  entry.held.push(arrive);
  if (entry.held.length >= (Number.isFinite(times) ? times : 2)) release(entry);
  else if (entry.held.length === 1) entry.timer = setTimeout(() => release(entry), HOLD_MS).unref();
}

/** Faults of single messages, for tests: API Gateway promises neither order nor single delivery to functions. */
export function makeMessageFaults(): MessageFaults {
  let loaded: Loaded[] = [];
  const load = (rules: readonly MessageFaultRule[]): void => {
    for (const entry of loaded) release(entry);
    loaded = rules.map((rule) => ({ rule, seen: 0, struck: 0, held: [] }));
  };
  return {
    load,
    clear: () => load([]),
    struck: () => loaded.map(({ struck }) => struck),
    pass: (message, arrive) => {
      let hit: Loaded | undefined;
      for (const entry of loaded.filter(({ rule }) => matches(rule, message))) {
        entry.seen += 1;
        if (!hit && isDue(entry)) hit = entry;
      }
      if (hit) hit.struck += 1;
      if (hit?.rule.kind === 'reverse') hold(hit, arrive);
      else if (hit?.rule.kind !== 'drop') arrive();
      if (hit?.rule.kind === 'duplicate') arrive();
    },
  };
}
