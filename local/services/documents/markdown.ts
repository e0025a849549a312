import { type DocumentBlock, type DocumentText, oneLine, readableRows } from './document.ts';

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const TABLE_ROW = /^\s*\|.*\|\s*$/;
const TABLE_RULE = /^\s*\|[\s:|-]+\|\s*$/;
const LIST_ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;
const FENCE = /^\s*(```|~~~)/;

interface Lines {
  readonly blocks: DocumentBlock[];
  paragraph: string[];
  table: string[][];
  fenced: boolean;
}

/** Markdown (and the Markdown that the HTML reader writes) to blocks: headings, paragraphs, lists, pipe tables. */
export const readMarkdown = (markdown: string): DocumentText => {
  const lines: Lines = { blocks: [], paragraph: [], table: [], fenced: false };
  for (const line of withoutFrontMatter(markdown).split(/\r?\n/)) readLine(lines, line);
  endParagraph(lines);
  endTable(lines);
  const title = lines.blocks.find((block) => block.kind === 'heading' && block.level === 1)?.text;
  return { ...(title !== undefined && { title }), blocks: lines.blocks };
};

/** Plain text: paragraphs are parted by empty lines. */
export const readPlainText = (text: string): DocumentText => ({
  blocks: text
    .split(/\r?\n\s*\r?\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => ({ kind: 'paragraph', text: paragraph })),
});

const readLine = (lines: Lines, line: string): void => {
  if (FENCE.test(line)) lines.fenced = !lines.fenced;
  else if (lines.fenced) lines.paragraph.push(line);
  else if (TABLE_ROW.test(line)) readTableLine(lines, line);
  else readTextLine(lines, line);
};

const readTableLine = (lines: Lines, line: string): void => {
  endParagraph(lines);
  if (TABLE_RULE.test(line)) return;
  lines.table.push(
    line
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => plain(cell.replaceAll('\\|', '|').trim())),
  );
};

const readTextLine = (lines: Lines, line: string): void => {
  endTable(lines);
  const heading = HEADING.exec(line);
  if (heading !== null) {
    endParagraph(lines);
    lines.blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: plain(heading[2] ?? '') });
  } else if (line.trim() === '') endParagraph(lines);
  else {
    // List items stay lines of their own: an answer is often one of them.
    if (LIST_ITEM.test(line)) lines.paragraph.push(`\n- ${plain(line.replace(LIST_ITEM, ''))}`);
    else lines.paragraph.push(plain(line.trim()));
  }
};

const endParagraph = (lines: Lines): void => {
  const text = lines.paragraph.join(' ').replace(/ ?\n/g, '\n').trim();
  if (text !== '') lines.blocks.push({ kind: 'paragraph', text });
  lines.paragraph = [];
};

const endTable = (lines: Lines): void => {
  lines.blocks.push(...readableRows(lines.table));
  lines.table = [];
};

const withoutFrontMatter = (markdown: string): string => markdown.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, '');

/** Emphasis, code marks and link targets say nothing about meaning; their text does. */
const plain = (text: string): string =>
  oneLine(
    text
      .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
      .replace(/(\*\*|__)(.+?)\1/g, '$2')
      .replace(/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, '$1')
      .replace(/`([^`]+)`/g, '$1'),
  );
