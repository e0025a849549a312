const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** OLE compound file: the container of `.doc` and `.xls`. */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/** Readers accept a PDF header anywhere in the first 1,024 bytes (ISO 32000-1, annex H.3.4.1). */
const PDF_HEADER_WINDOW = 1024;

type Check = (content: Buffer) => boolean;

const startsWith =
  (magic: readonly number[]): Check =>
  (content) =>
    magic.every((byte, index) => content[index] === byte);

/** Names of a zip's entries are not compressed: an office document shows its kind in them. */
const officeDocument =
  (folder: string): Check =>
  (content) =>
    startsWith(ZIP)(content) && content.includes(`${folder}/`);

const isText: Check = (content) => !content.includes(0) && isUtf8(content);

const isUtf8 = (content: Buffer): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
};

const CHECKS: Readonly<Record<string, { readonly is: Check; readonly name: string }>> = {
  pdf: { is: (content) => content.subarray(0, PDF_HEADER_WINDOW).includes('%PDF-'), name: 'a PDF document' },
  docx: { is: officeDocument('word'), name: 'a Word document' },
  xlsx: { is: officeDocument('xl'), name: 'an Excel workbook' },
  doc: { is: startsWith(COMPOUND), name: 'a Word 97 document' },
  xls: { is: startsWith(COMPOUND), name: 'an Excel 97 workbook' },
};

/** Why the content cannot be what the extension says; undefined when it can. All other supported types are UTF-8 text. */
export const contentMismatch = (extension: string, content: Uint8Array): string | undefined => {
  const { is, name } = CHECKS[extension] ?? { is: isText, name: 'UTF-8 text' };
  return is(Buffer.from(content.buffer, content.byteOffset, content.byteLength))
    ? undefined
    : `The file is not ${name}.`;
};
