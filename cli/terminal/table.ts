import type { Style } from './style.ts';
import { cutTo, printable, widthOf } from './words.ts';

/** A column of a listing. Its name, in small letters, is what a script reads; it never changes. */
export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => string | number | null | undefined;
  readonly isNumber?: boolean;
  /** Gives way when the screen is narrow. */
  readonly isElastic?: boolean;
}

interface Screen {
  readonly isTty: boolean;
  readonly columns: number;
  readonly style: Style;
}

const GAP = 2;
const NARROWEST = 12;

/**
 * On a screen a table that fits it; elsewhere tab-separated lines without a head, nothing cut off, the same columns in the
 * same order always. Ends with a line end unless empty.
 */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], screen: Screen): string {
  const cells = rows.map((row) => columns.map(({ of }) => printable(String(of(row) ?? ''))));
  if (!screen.isTty) return cells.map((line) => `${line.join('\t')}\n`).join('');
  if (rows.length === 0) return '';
  const widths = fitted(columns, natural(columns, cells), screen.columns);
  const head = columns.map(({ name }) => name.toUpperCase());
  const write = (line: readonly string[]): string =>
    line
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.isNumber === true))
      .join('  ')
      .trimEnd();
  return [screen.style.bold(write(head)), ...cells.map(write)].map((line) => `${line}\n`).join('');
}

const natural = <Row>(columns: readonly Column<Row>[], cells: readonly (readonly string[])[]): readonly number[] =>
  columns.map(({ name }, index) => Math.max(name.length, ...cells.map((line) => widthOf(line[index] ?? ''))));

/** Elastic columns share what is too much. */
function fitted<Row>(columns: readonly Column<Row>[], widths: readonly number[], available: number): readonly number[] {
  const total = widths.reduce((sum, width) => sum + width + GAP, -GAP);
  const elastic = columns.filter(({ isElastic }) => isElastic).length;
  if (total <= available || elastic === 0) return widths;
  const share = Math.ceil((total - available) / elastic);
  return widths.map((width, index) => (columns[index]?.isElastic ? Math.max(NARROWEST, width - share) : width));
}

function padded(cell: string, width: number, isNumber: boolean): string {
  const cut = cutTo(cell, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return isNumber ? space + cut : cut + space;
}

/** Names and values below each other, as `show` prints a thing. */
export function factsOf(
  facts: readonly (readonly [name: string, value: string | number | null | undefined])[],
  style: Style,
): string {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${printable(String(value))}\n`).join('');
}
