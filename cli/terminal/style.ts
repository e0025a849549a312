import type { Io } from '../io.ts';

/** Colours of a terminal; each leaves its words as they are where there are none. */
export interface Style {
  readonly bold: (words: string) => string;
  readonly dim: (words: string) => string;
  readonly red: (words: string) => string;
  readonly green: (words: string) => string;
  readonly yellow: (words: string) => string;
  readonly cyan: (words: string) => string;
}

/** `NO_COLOR` (https://no-color.org) and dumb terminals are respected; `FORCE_COLOR` colours pipes, too. */
export function styleFor({ env }: Pick<Io, 'env'>, isTty: boolean): Style {
  const isRefused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const isOn = !isRefused && (isTty || (env.FORCE_COLOR ?? '') !== '');
  const paint = (on: number, off: number) => (words: string) => (isOn ? `\u001b[${on}m${words}\u001b[${off}m` : words);
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}
