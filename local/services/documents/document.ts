/** A piece of a document in reading order. A `row` is one table row, already readable without its header. */
export type DocumentBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'row'; readonly text: string };

/** What is left of a file once its format is gone. */
export interface DocumentText {
  /** The document's own title, when it has one. */
  readonly title?: string;
  readonly blocks: readonly DocumentBlock[];
}

/** A file that can't be turned into text; the message is the status reason its owner reads. */
export class UnreadableDocument extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableDocument';
  }
}

/** `Column: value; Column: value` for each row below the header; empty cells are left out. */
export const readableRows = (table: readonly (readonly string[])[]): DocumentBlock[] => {
  const rows = table.filter((row) => row.some((cell) => cell !== ''));
  const [header, ...body] = rows;
  if (header === undefined) return [];
  if (body.length === 0) return [{ kind: 'row', text: header.filter((cell) => cell !== '').join('; ') }];
  return body.map((row) => ({ kind: 'row', text: readableRow(header, row) }));
};

const readableRow = (header: readonly string[], row: readonly string[]): string =>
  row
    .map((cell, column) => ({ name: header[column] ?? '', cell }))
    .filter(({ cell }) => cell !== '')
    .map(({ name, cell }) => (name === '' ? cell : `${name}: ${cell}`))
    .join('; ');

/** Joins the lines of one cell or paragraph. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
