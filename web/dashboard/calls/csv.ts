export type CsvValue = string | number | boolean | null | undefined;

/** A column: its heading and what stands below it. */
export type CsvColumn<Row> = readonly [heading: string, value: (row: Row) => CsvValue];

/** A table by RFC 4180, for programs and for spreadsheets. */
export const csvOf = <Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string =>
  [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, value]) => value(row)))]
    .map((line) => `${line.map(field).join(',')}\r\n`)
    .join('');

/** A number is no formula, a telephone number with its plus among them. */
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** A spreadsheet would carry out a text of a caller that begins like a formula (OWASP, CSV injection): an apostrophe keeps it a text. */
function field(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
