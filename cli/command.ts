import type { Command } from 'commander';
import type { Account, AccountOptions } from './account/session.ts';
import type { Io } from './io.ts';
import { type Style, styleFor } from './terminal/style.ts';
import { type Column, factsOf, tableOf } from './terminal/table.ts';

/** What a command works with. */
export interface Tools {
  readonly io: Io;
  readonly account: (options: AccountOptions) => Promise<Account>;
}

/** Options of every command. */
export interface CommonOptions extends AccountOptions {
  readonly json?: true;
}

/** A family of commands, added to the program. */
export type Commands = (program: Command, tools: Tools) => void;

/** Prints results: as JSON exactly what the API answered, else for people or for scripts. */
export interface Printer {
  readonly style: Style;
  readonly list: <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => void;
  readonly facts: (value: unknown, facts: Parameters<typeof factsOf>[0]) => void;
  /** `text` for people, the value for programs. */
  readonly value: (value: unknown, text: string) => void;
}

export function printerOf(io: Io, { json }: CommonOptions): Printer {
  const style = styleFor(io, io.isOutTty);
  const value = (document: unknown, text: string): void =>
    io.out(json ? `${JSON.stringify(document, undefined, 2)}\n` : text);
  return {
    style,
    value,
    list: (columns, rows) => {
      value(rows, json ? '' : tableOf(columns, rows, { isTty: io.isOutTty, columns: io.columns, style }));
      // An empty screen leaves people wondering; a script asks for no words.
      if (rows.length === 0 && io.isOutTty && !json) io.err(`${style.dim('There are none.')}\n`);
    },
    facts: (document, facts) => value(document, json ? '' : factsOf(facts, style)),
  };
}

/** Examples below the help of a command. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
