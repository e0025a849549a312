/** One stream to a speech model, taken by a call until a time. */
export interface Line {
  readonly userId: string;
  /** Unix milliseconds; a line that was not renewed by then is free. */
  readonly untilMs: number;
}

/** Somebody who keeps a place in the queue by asking again before `untilMs`. */
export interface Waiting extends Line {
  readonly sinceMs: number;
}

/** The item `lines` of the sessions table. */
export interface Lines {
  /** Grows with each admission; the guard of the next one. */
  readonly revision: number;
  readonly lines: Readonly<Record<string, Line>>;
  readonly waiting: Readonly<Record<string, Waiting>>;
}

export const NO_LINES: Lines = { revision: 0, lines: {}, waiting: {} };

/** How long a line stays taken without a renewal: two leases, so that it outlives the change of an owner. */
export const LINE_MS = 30_000;
/** How long a place in the queue is kept without being asked for again; clients ping every few seconds. */
export const PLACE_MS = 15_000;
/** Beyond this many, a caller is told at once that all lines are busy: his turn would not come while he listens. */
export const MAX_WAITING = 50;

export interface LineRequest {
  /** `{callId}`, or `{callId}+` of its second line. */
  readonly lineId: string;
  readonly userId: string;
  readonly untilMs: number;
  /** Name under which the request waits when no line is free; without it, it does not. */
  readonly waiterId?: string;
}

export type Admission =
  | { readonly admitted: true; readonly lines: Lines }
  /** `position` from 1; absent when the request does not wait. */
  | { readonly admitted: false; readonly position?: number; readonly lines: Lines };

/** Ten of a hundred lines, and one at least, stay for tenants that have less than their share. */
const RESERVED_SHARE = 0.1;

/**
 * Gives a line or a place in the queue.
 * - no more than `cap` lines are taken at once;
 * - a tenant may take more than its share (the cap by the number of tenants that speak or ask) only while a tenth of the
 *   lines, at least one, stays free;
 * - who waits longer goes first, as far as he may have a line at all.
 */
export const admit = (current: Lines, request: LineRequest, cap: number, nowMs: number): Admission => {
  const lines = living(current.lines, nowMs);
  const others = living(current.waiting, nowMs);
  const { lineId, userId, untilMs, waiterId } = request;
  const ahead = Object.entries(others)
    .filter(([id]) => id !== waiterId)
    .filter(([, { sinceMs }]) => sinceMs < (others[waiterId ?? '']?.sinceMs ?? Number.POSITIVE_INFINITY))
    .sort(([, a], [, b]) => a.sinceMs - b.sinceMs)
    .map(([, waiter]) => waiter);
  const revision = current.revision + 1;
  const taken = { ...lines };
  for (const [index, waiter] of ahead.entries()) {
    if (hasRoom(taken, waiter.userId, [...ahead, { userId }], cap)) taken[`ahead-${index}`] = waiter;
  }
  if (lines[lineId] !== undefined || hasRoom(taken, userId, [...ahead, { userId }], cap)) {
    const { [waiterId ?? '']: _served, ...waiting } = others;
    return { admitted: true, lines: { revision, lines: { ...lines, [lineId]: { userId, untilMs } }, waiting } };
  }
  const known = waiterId === undefined ? undefined : others[waiterId];
  if (waiterId === undefined || (known === undefined && Object.keys(others).length >= MAX_WAITING)) {
    return { admitted: false, lines: { revision, lines, waiting: others } };
  }
  const place = { userId, sinceMs: known?.sinceMs ?? nowMs, untilMs: nowMs + PLACE_MS };
  const waiting = { ...others, [waiterId]: place };
  return { admitted: false, position: ahead.length + 1, lines: { revision, lines, waiting } };
};

const living = <T extends Line>(all: Readonly<Record<string, T>>, nowMs: number): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([, { untilMs }]) => untilMs > nowMs));

const hasRoom = (
  taken: Readonly<Record<string, Line>>,
  userId: string,
  asking: readonly { readonly userId: string }[],
  cap: number,
): boolean => {
  const users = Object.values(taken).map((line) => line.userId);
  const free = cap - users.length;
  if (free <= 0) return false;
  const tenants = new Set([...users, ...asking.map((one) => one.userId)]).size;
  const mine = users.filter((user) => user === userId).length;
  if (mine < Math.ceil(cap / tenants)) return true;
  return free - 1 >= Math.max(1, Math.ceil(cap * RESERVED_SHARE));
};
