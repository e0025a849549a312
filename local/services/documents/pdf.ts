import { extractTextItems, getDocumentProxy, type StructuredTextItem } from 'unpdf';
import { type DocumentBlock, type DocumentText, oneLine, UnreadableDocument } from './document.ts';

interface Line {
  readonly text: string;
  readonly fontSize: number;
  readonly y: number;
  readonly page: number;
}

/** A line this much larger than the body text is read as a heading. */
const HEADING_RATIO = 1.15;
const LONGEST_HEADING_CHARACTERS = 120;
/** A gap of more than this many line heights parts two paragraphs. */
const PARAGRAPH_GAP = 1.6;

/** PDF to headings (by font size) and paragraphs (by line distance). Throws `UnreadableDocument`. */
export const readPdf = async (bytes: Buffer): Promise<DocumentText> => {
  const { items } = await extractItems(bytes);
  const lines = items.flatMap((page, number) => linesOf(page, number));
  const bodySize = bodyFontSize(lines);
  const sizes = [...new Set(lines.filter((line) => isHeading(line, bodySize)).map((line) => line.fontSize))];
  sizes.sort((a, b) => b - a);
  const blocks = blocksOf(lines, (line) =>
    isHeading(line, bodySize) ? Math.min(sizes.indexOf(line.fontSize) + 1, 6) : 0,
  );
  const title = blocks.find((block) => block.kind === 'heading' && block.level === 1)?.text;
  return { ...(title !== undefined && { title }), blocks };
};

const extractItems = async (bytes: Buffer) => {
  try {
    // A copy: the PDF library detaches the buffer it is given. `verbosity: 0` keeps its warnings off the console.
    const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    return await extractTextItems(document);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableDocument(`The PDF can't be opened: ${oneLine(reason)}`);
  }
};

const linesOf = (items: readonly StructuredTextItem[], page: number): Line[] => {
  const lines: Line[] = [];
  let parts: StructuredTextItem[] = [];
  const endLine = (): void => {
    const text = oneLine(parts.map((part) => part.str).join(''));
    const first = parts.find((part) => part.str.trim() !== '');
    if (first !== undefined) lines.push({ text, fontSize: Math.round(first.fontSize * 10) / 10, y: first.y, page });
    parts = [];
  };
  for (const item of items) {
    const previous = parts.findLast((part) => part.str.trim() !== '');
    if (previous !== undefined && Math.abs(previous.y - item.y) > previous.fontSize / 2) endLine();
    if (previous !== undefined && item.x - (previous.x + previous.width) > previous.fontSize)
      parts.push({ ...item, str: ' ' });
    parts.push(item);
    if (item.hasEOL) endLine();
  }
  endLine();
  return lines;
};

/** The size most characters are set in. */
const bodyFontSize = (lines: readonly Line[]): number => {
  const characters = new Map<number, number>();
  for (const line of lines) characters.set(line.fontSize, (characters.get(line.fontSize) ?? 0) + line.text.length);
  return [...characters].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
};

const isHeading = (line: Line, bodySize: number): boolean =>
  line.fontSize >= bodySize * HEADING_RATIO && line.text.length <= LONGEST_HEADING_CHARACTERS;

const blocksOf = (lines: readonly Line[], levelOf: (line: Line) => number): DocumentBlock[] => {
  const blocks: DocumentBlock[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', text: joinLines(paragraph) });
    paragraph = [];
  };
  lines.forEach((line, index) => {
    const level = levelOf(line);
    const previous = lines[index - 1];
    if (previous !== undefined && startsParagraph(previous, line)) endParagraph();
    if (level === 0) paragraph.push(line.text);
    else {
      endParagraph();
      blocks.push({ kind: 'heading', level, text: line.text });
    }
  });
  endParagraph();
  return blocks;
};

const startsParagraph = (previous: Line, line: Line): boolean =>
  previous.page === line.page &&
  Math.abs(previous.y - line.y) > Math.max(previous.fontSize, line.fontSize) * PARAGRAPH_GAP;

/** A paragraph's lines run on, except before a bullet; a word broken by a hyphen is made whole. */
const joinLines = (lines: readonly string[]): string =>
  lines.reduce((text, line) => {
    if (/^[•▪–*-]\s/.test(line)) return `${text}\n- ${line.replace(/^\S\s+/, '')}`;
    return /[a-z]-$/.test(text) && /^[a-z]/.test(line) ? text.slice(0, -1) + line : `${text} ${line}`;
  });
