import type { OperatorMessage } from '../shared/live/operator-messages.ts';

type LiveEvent = Extract<OperatorMessage, { type: 'call.event' }>['event'];

/** How far the events of a call have been told. Those with a number are told in its order, without holes, each once. */
export interface CallStream {
  /** Number of the last one told; -1 before the first. */
  readonly last: number;
  /** Came too early: something before them is missing. */
  readonly held: readonly LiveEvent[];
  /** Whether the state has come that a subscription is answered with. */
  readonly isReady: boolean;
  /** Whether what is missing has been asked for. */
  readonly isFilling: boolean;
}

export const NEW_STREAM: CallStream = { last: -1, held: [], isReady: false, isFilling: false };

interface Told {
  readonly stream: CallStream;
  /** To be told now, in their order. */
  readonly events: readonly LiveEvent[];
}

/** What can be told after events came. Those without a number pass, and are told at once. */
export function heardEvents(stream: CallStream, events: readonly LiveEvent[]): Told {
  const passing = events.filter(({ seq }) => seq === null);
  const numbered = [...stream.held, ...events.filter(({ seq }) => seq !== null)].sort(bySeq);
  const told: LiveEvent[] = [];
  let { last } = stream;
  let rest: readonly LiveEvent[] = [];
  for (const [index, event] of numbered.entries()) {
    const seq = event.seq ?? -1;
    if (seq > last + 1) {
      rest = numbered.slice(index);
      break;
    }
    if (seq === last + 1) told.push(event);
    last = Math.max(last, seq);
  }
  return { stream: { ...stream, last, held: rest }, events: [...told, ...passing] };
}

/** After which number something is missing that has to be asked for; undefined when nothing is, or it is under way. */
export const gapOf = ({ last, held, isReady, isFilling }: CallStream): number | undefined =>
  held.length > 0 && isReady && !isFilling ? last : undefined;

/** The state has come; what it left open is a hole now. */
export const readyStream = (stream: CallStream): CallStream => ({ ...stream, isReady: true });

/** What is missing cannot be had: better a hole than silence. */
export function failedFill(stream: CallStream): Told {
  const first = stream.held[0]?.seq;
  if (first === undefined || first === null) return { stream: { ...stream, isFilling: false }, events: [] };
  return heardEvents({ ...stream, last: first - 1, isFilling: false }, []);
}

const bySeq = (a: LiveEvent, b: LiveEvent): number => (a.seq ?? -1) - (b.seq ?? -1);
