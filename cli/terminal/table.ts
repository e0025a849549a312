import type { Style } from './style.ts';
import { cutTo, printable, widthOf } from './words.ts';

/** A column of a listing. Its name, in small letters, is what a script reads; it never changes. */
export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => string | number | null | undefined;
  readonly isNumber?: boolean;
  /** Gives way when the screen is narrow. */
  readonly isElastic?: boolean;
  /** Left off, the last first, where even that is not enough. */
  readonly isSpare?: boolean;
}

interface Screen {
  readonly isTty: boolean;
  readonly columns: number;
  readonly style: Style;
}

const GAP = 2;
const NARROWEST = 12;

/**
 * On a screen a table that fits it, on a very narrow one a block for each row; elsewhere tab-separated lines without a head, nothing cut off, the same columns in the
 * same order always. Ends with a line end unless empty.
 */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], screen: Screen): string {
  const cellsOf = (shown: readonly Column<Row>[]): readonly Cells[] =>
    rows.map((row) => shown.map(({ of }) => printable(String(of(row) ?? ''))));
  if (!screen.isTty)
    return cellsOf(columns)
      .map((line) => `${line.join('\t')}\n`)
      .join('');
  if (rows.length === 0) return '';
  for (let shown = columns; shown.length > 0; shown = withoutLastSpare(shown)) {
    const cells = cellsOf(shown);
    const widths = fitted(shown, natural(shown, cells), screen.columns);
    if (rowWidth(widths) <= screen.columns) return drawn(shown, cells, widths, screen.style);
  }
  return blocksOf(columns, cellsOf(columns), screen.style);
}

type Cells = readonly string[];

/** None when nothing can be spared. */
function withoutLastSpare<Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] {
  const last = columns.findLastIndex(({ isSpare }) => isSpare);
  return last < 0 ? [] : columns.toSpliced(last, 1);
}

function drawn<Row>(
  columns: readonly Column<Row>[],
  cells: readonly Cells[],
  widths: readonly number[],
  style: Style,
): string {
  const head = columns.map(({ name }) => name.toUpperCase());
  const write = (line: readonly string[]): string =>
    line
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.isNumber === true))
      .join('  ')
      .trimEnd();
  return [style.bold(write(head)), ...cells.map(write)].map((line) => `${line}\n`).join('');
}

const rowWidth = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + GAP, -GAP);

/** Where no table fits: each row as names and values below each other. */
const blocksOf = <Row>(columns: readonly Column<Row>[], cells: readonly Cells[], style: Style): string =>
  cells
    .map((line) =>
      factsOf(
        columns.map(({ name }, index) => [name, line[index]] as const),
        style,
      ),
    )
    .join('\n');

const natural = <Row>(columns: readonly Column<Row>[], cells: readonly Cells[]): readonly number[] =>
  columns.map(({ name }, index) => Math.max(name.length, ...cells.map((line) => widthOf(line[index] ?? ''))));

/** Elastic columns share what is too much. */
function fitted<Row>(columns: readonly Column<Row>[], widths: readonly number[], available: number): readonly number[] {
  const total = rowWidth(widths);
  const elastic = columns.filter(({ isElastic }) => isElastic).length;
  if (total <= available || elastic === 0) return widths;
  const share = Math.ceil((total - available) / elastic);
  return widths.map((width, index) =>
    columns[index]?.isElastic ? Math.min(width, Math.max(NARROWEST, width - share)) : width,
  );
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
