import { extname } from 'node:path';
import { type DocumentText, UnreadableDocument } from './document.ts';
import { readHtml } from './html.ts';
import { readMarkdown, readPlainText } from './markdown.ts';
import { readCsv, readDocx, readXlsx } from './office.ts';
import { readPdf } from './pdf.ts';

type Reader = (bytes: Buffer) => DocumentText | Promise<DocumentText>;

/** Formats as listed in the Bedrock user guide, "Prerequisites for your knowledge base data". */
const READERS: Readonly<Record<string, Reader>> = {
  '.txt': (bytes) => readPlainText(utf8(bytes)),
  '.md': (bytes) => readMarkdown(utf8(bytes)),
  '.html': (bytes) => readHtml(utf8(bytes)),
  '.htm': (bytes) => readHtml(utf8(bytes)),
  '.csv': (bytes) => readCsv(utf8(bytes)),
  '.docx': readDocx,
  '.xlsx': readXlsx,
  '.pdf': readPdf,
  '.doc': () => refuseBinary('.doc', '.docx'),
  '.xls': () => refuseBinary('.xls', '.xlsx'),
};

/**
 * The text of a file, by the extension of its name.
 * Throws `UnreadableDocument` with a reason for its owner when the format is not served or the file is broken or empty.
 */
export const readDocument = async (file: { readonly name: string; readonly bytes: Buffer }): Promise<DocumentText> => {
  const extension = extname(file.name).toLowerCase();
  const reader = READERS[extension];
  if (reader === undefined)
    throw new UnreadableDocument(`File type ${extension || 'without an extension'} is not supported.`);
  if (file.bytes.length === 0) throw new UnreadableDocument('The file is empty.');
  const document = await reader(file.bytes);
  if (!document.blocks.some((block) => block.kind !== 'heading')) {
    throw new UnreadableDocument('The file has no text that can be read.');
  }
  return document;
};

const utf8 = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableDocument('The file is not valid UTF-8 text.');
  }
};

const refuseBinary = (from: string, to: string): never => {
  throw new UnreadableDocument(
    `The old binary format ${from} is read by AWS but not by the embedded knowledge base; save the file as ${to}.`,
  );
};
