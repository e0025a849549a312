import type { Column } from './table.ts';

/**
 * RFC 4180, with a head. What a spreadsheet would take for a formula gets an apostrophe before it: words in it may be a
 * caller's. A telephone number is none.
 */
export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => String(of(row) ?? '')))];
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

const field = (value: string): string => {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
