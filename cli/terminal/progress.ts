import type { Io } from '../io.ts';
import { styleFor } from './style.ts';
import { cutTo, printable, widthOf } from './words.ts';

/** One thing that is under way. */
export interface ProgressItem {
  readonly key: string;
  readonly label: string;
  readonly status: 'running' | 'done' | 'failed';
  /** What is said behind the label: `48 kB of 210 kB`, `1.2 s`. */
  readonly note?: string;
  /** How much of it is done, from 0 to 1; where that is known. */
  readonly share?: number;
}

/** Things under way, told on stderr. */
export interface Progress {
  readonly tell: (items: readonly ProgressItem[]) => void;
  /** A line of its own, above what is drawn. */
  readonly say: (line: string) => void;
  /** Leaves the last picture standing. */
  readonly end: () => void;
}

const BAR_COLUMNS = 20;
/** On a narrower screen figures say it alone. */
const BAR_FROM_COLUMNS = 60;
const MIN_LABEL_COLUMNS = 20;

/**
 * On a screen, lines that change in place; elsewhere one line when a thing begins and one when it ends, so that a log of
 * it can be read.
 */
export function progressOn(io: Pick<Io, 'err' | 'isErrTty' | 'columns' | 'env'>): Progress {
  return io.isErrTty && io.env.TERM !== 'dumb' ? drawn(io) : written(io);
}

function drawn(io: Pick<Io, 'err' | 'columns' | 'env'>): Progress {
  const style = styleFor(io, true);
  let lines: readonly string[] = [];
  let height = 0;
  const erase = (): string => (height === 0 ? '' : `\u001b[${height}A\u001b[0J`);
  const draw = (): string => lines.map((line) => `${line}\n`).join('');
  const lineOf = ({ label, status, note = '', share }: ProgressItem): string => {
    const mark = status === 'done' ? style.green('✓') : status === 'failed' ? style.red('✗') : style.cyan('▸');
    const hasBar = status === 'running' && share !== undefined && io.columns >= BAR_FROM_COLUMNS;
    const bar = hasBar ? ` ${barOf(share)}` : '';
    // A line that is broken by the screen would be two when it is drawn over.
    const room = io.columns - 5 - bar.length;
    const shown = cutTo(printable(label), Math.max(MIN_LABEL_COLUMNS, room - widthOf(printable(note)) - 1));
    const rest = cutTo(printable(note), Math.max(0, room - widthOf(shown) - 1));
    return `  ${mark} ${shown}${bar}${rest === '' ? '' : ` ${style.dim(rest)}`}`;
  };
  return {
    tell: (items) => {
      const next = items.map(lineOf);
      if (next.join('\n') === lines.join('\n')) return;
      const before = erase();
      lines = next;
      height = lines.length;
      io.err(before + draw());
    },
    say: (line) => io.err(`${erase()}${line}\n${draw()}`),
    end: () => {
      lines = [];
      height = 0;
    },
  };
}

const barOf = (share: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)}`;
};

function written(io: Pick<Io, 'err' | 'env'>): Progress {
  const style = styleFor(io, false);
  const told = new Map<string, ProgressItem['status']>();
  const tellOne = ({ key, label, status, note }: ProgressItem): void => {
    if (told.get(key) === status) return;
    told.set(key, status);
    const mark = status === 'done' ? style.green('✓') : status === 'failed' ? style.red('✗') : style.cyan('▸');
    const end = status === 'running' ? ' …' : note === undefined ? '' : ` ${note}`;
    io.err(`  ${mark} ${printable(label)}${end}\n`);
  };
  return {
    tell: (items) => {
      for (const item of items) tellOne(item);
    },
    say: (line) => io.err(`${line}\n`),
    end: () => told.clear(),
  };
}
