/** One live stream to a speech model, or a place kept for one. */
export interface Line {
  readonly userId: string;
  /** Unix milliseconds; a line that is not renewed by then is free again. */
  readonly untilMs: number;
}

/** Somebody who waits for a line; asks again before `untilMs` to keep the place. */
export interface WaitingCaller extends Line {
  readonly lineId: string;
}

/** All lines of the account: one item, changed only on condition of its revision. */
export interface Lines {
  readonly lines: Readonly<Record<string, Line>>;
  /** First come first. */
  readonly waiting: readonly WaitingCaller[];
}

export const NO_LINES: Lines = { lines: {}, waiting: [] };

/** Longest queue; beyond it callers are refused outright. */
const MAX_WAITING = 100;

export interface LineRequest {
  readonly lineId: string;
  readonly userId: string;
  readonly untilMs: number;
  /** Whether to keep a place in the queue when there is no line; not for the second line of a renewal. */
  readonly mayWait: boolean;
}

export type Admission =
  | { readonly outcome: 'admitted'; readonly lines: Lines }
  | { readonly outcome: 'queued'; readonly lines: Lines; readonly position: number }
  | { readonly outcome: 'refused'; readonly lines: Lines };

/**
 * Gives a line, or a place in the queue, or neither. A tenant may hold more than its share, ceil(cap / active tenants),
 * only while a tenth of all lines (at least one) stays free for others. Whoever came earlier goes first, unless its
 * tenant's share is used up. A request for a line that is held already extends it.
 */
export function admit(current: Lines, request: LineRequest, cap: number, nowMs: number): Admission {
  const lines = withoutExpired(current, nowMs);
  if (lines.lines[request.lineId]) return { outcome: 'admitted', lines: withLine(lines, request) };
  const place = lines.waiting.findIndex(({ lineId }) => lineId === request.lineId);
  const before = place < 0 ? lines.waiting : lines.waiting.slice(0, place);
  if (isFree(lines, [...before, request], cap)) return { outcome: 'admitted', lines: withLine(lines, request) };
  if (!request.mayWait || (place < 0 && lines.waiting.length >= MAX_WAITING)) return { outcome: 'refused', lines };
  const { lineId, userId, untilMs } = request;
  const waiting = [...before, { lineId, userId, untilMs }, ...lines.waiting.slice(before.length + 1)];
  return { outcome: 'queued', lines: { ...lines, waiting }, position: before.length + 1 };
}

/** Extends a line. False when it had expired: then its holder must be admitted anew. */
export function renewLine(
  current: Lines,
  { lineId, untilMs }: { readonly lineId: string; readonly untilMs: number },
  nowMs: number,
): { readonly renewed: boolean; readonly lines: Lines } {
  const lines = withoutExpired(current, nowMs);
  const line = lines.lines[lineId];
  if (!line) return { renewed: false, lines };
  return { renewed: true, lines: { ...lines, lines: { ...lines.lines, [lineId]: { ...line, untilMs } } } };
}

/** Gives a line or a place in the queue back; harmless when there is none. */
export function releaseLine(current: Lines, lineId: string, nowMs: number): Lines {
  const { lines, waiting } = withoutExpired(current, nowMs);
  return {
    lines: Object.fromEntries(Object.entries(lines).filter(([id]) => id !== lineId)),
    waiting: waiting.filter((caller) => caller.lineId !== lineId),
  };
}

/** Lines in use now. */
export const liveLines = ({ lines }: Lines, nowMs: number): number =>
  Object.values(lines).filter(({ untilMs }) => untilMs > nowMs).length;

function withoutExpired({ lines, waiting }: Lines, nowMs: number): Lines {
  return {
    lines: Object.fromEntries(Object.entries(lines).filter(([, { untilMs }]) => untilMs > nowMs)),
    waiting: waiting.filter(({ untilMs }) => untilMs > nowMs),
  };
}

const withLine = ({ lines, waiting }: Lines, { lineId, userId, untilMs }: LineRequest): Lines => ({
  lines: { ...lines, [lineId]: { userId, untilMs } },
  waiting: waiting.filter((caller) => caller.lineId !== lineId),
});

/** Whether the last of these callers gets a line when all before it, in order, take theirs. */
function isFree(lines: Lines, callers: readonly { readonly userId: string }[], cap: number): boolean {
  const held = new Map<string, number>();
  for (const { userId } of Object.values(lines.lines)) held.set(userId, (held.get(userId) ?? 0) + 1);
  const tenants = new Set([...held.keys(), ...lines.waiting.map(({ userId }) => userId), callers.at(-1)?.userId]);
  const share = Math.ceil(cap / tenants.size);
  const reserve = Math.max(1, Math.ceil(cap / 10));
  let free = cap - Object.keys(lines.lines).length;
  let got = false;
  for (const { userId } of callers) {
    const own = held.get(userId) ?? 0;
    got = free > 0 && (own < share || free - 1 >= reserve);
    if (!got) continue;
    free--;
    held.set(userId, own + 1);
  }
  return got;
}
