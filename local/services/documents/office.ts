import { parse } from 'csv-parse/sync';
import mammoth from 'mammoth';
import readXlsxFile, { type CellValue } from 'read-excel-file/node';
import { type DocumentBlock, type DocumentText, oneLine, readableRows, UnreadableDocument } from './document.ts';
import { readHtml } from './html.ts';

/** Word documents (`.docx`), headings, lists and tables kept. Throws `UnreadableDocument`. */
export const readDocx = async (bytes: Buffer): Promise<DocumentText> => {
  // Files named by a document must not be opened: a tenant's document could then read this machine.
  const { value } = await mammoth
    .convertToHtml({ buffer: bytes }, { externalFileAccess: false })
    .catch((error: unknown) => {
      throw new UnreadableDocument(`The Word document can't be opened: ${messageOf(error)}`);
    });
  return readHtml(value);
};

/** Workbooks (`.xlsx`): each sheet a heading, each row a line of `Column: value`. Throws `UnreadableDocument`. */
export const readXlsx = async (bytes: Buffer): Promise<DocumentText> => {
  const sheets = await readXlsxFile(bytes).catch((error: unknown) => {
    throw new UnreadableDocument(`The workbook can't be opened: ${messageOf(error)}`);
  });
  const blocks = sheets.flatMap(({ sheet, data }): DocumentBlock[] => [
    { kind: 'heading', level: 1, text: sheet },
    ...readableRows(data.map((row) => row.map(cellText))),
  ]);
  return { blocks };
};

/** Comma, semicolon or tab separated values; the first row names the columns. Throws `UnreadableDocument`. */
export const readCsv = (text: string): DocumentText => {
  try {
    const rows: string[][] = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return { blocks: readableRows(rows.map((row) => row.map(oneLine))) };
  } catch (error) {
    throw new UnreadableDocument(`The CSV file can't be parsed: ${messageOf(error)}`);
  }
};

const cellText = (cell: CellValue | null | undefined): string => {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().replace('T00:00:00.000Z', '');
  return oneLine(String(cell));
};

/** The separator that occurs most often in the header line. */
const delimiterOf = (text: string): string => {
  const header = text.slice(0, text.search(/\r?\n|$/));
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
};

const messageOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error));
