/** Delays of the same kind, as a row. */
import { median, table } from '../table.ts';

export interface Delay {
  /** From what until what. */
  readonly what: string;
  /** Milliseconds, one a trial. */
  readonly ms: readonly number[];
  /** What the middle is compared to, and how long that takes. */
  readonly baseline: { readonly what: string; readonly ms: number };
  /** Most milliseconds that the worst trial may take; undefined: nobody has said. */
  readonly barMs?: number;
}

const shown = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

const verdict = ({ ms, barMs }: Delay): string => {
  if (barMs === undefined) return 'none';
  return `≤ ${barMs}: ${Math.max(...ms) <= barMs ? 'met' : 'missed'}`;
};

/** A row each. */
export const delaysTable = (delays: readonly Delay[]): string =>
  table(
    ['from … until …', 'times', 'middle ms', 'worst ms', 'compared to', 'takes ms', 'ratio', 'bar, ms'],
    delays.map((delay) => {
      const { what, ms, baseline } = delay;
      const middle = median(ms);
      const ratio = `${(middle / baseline.ms).toFixed(2)}×`;
      return [
        what,
        ms.length,
        shown(middle),
        shown(Math.max(...ms)),
        baseline.what,
        shown(baseline.ms),
        ratio,
        verdict(delay),
      ];
    }),
  );
