import type { Clause } from '../../agentkit/kit/index.ts';

export type { Clause };

/** As many as `spec.json` may hold; a longer SOP gets neighbouring statements joined into one clause. */
const MAX_CLAUSES = 1000;

/**
 * Splits an SOP into numbered clauses: a list item is one clause, a paragraph one per sentence. A lead-in that ends in
 * a colon is repeated before each of its items ("Never promise: a delivery date"), since an item alone has lost its
 * meaning. Deterministic: the same SOP gives the same ids.
 */
export function splitIntoClauses(sop: string): Clause[] {
  const statements = sectionsOf(sop).flatMap(({ heading, statements }) =>
    statements.map((text) => ({ heading, text })),
  );
  const perClause = Math.ceil(statements.length / MAX_CLAUSES);
  return Array.from({ length: Math.ceil(statements.length / Math.max(perClause, 1)) }, (_, index) => {
    const group = statements.slice(index * perClause, (index + 1) * perClause);
    const heading = group[0]?.heading;
    const text = group.map((statement) => statement.text).join(' ');
    return { id: `c${index + 1}`, ...(heading === undefined ? {} : { heading: heading.slice(0, 500) }), text };
  });
}

interface Section {
  readonly heading: string | undefined;
  readonly statements: string[];
}

type Line =
  | { readonly kind: 'blank' }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'item'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string };

const LIST_MARKER = /^(?:[-*+•]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+/i;
const RULE = /^(?:[-*_=]\s*){3,}$/;

function readLine(raw: string, next: string | undefined): Line {
  const line = raw.trim();
  if (line === '' || RULE.test(line)) return { kind: 'blank' };
  if (/^#{1,6}\s/.test(line)) return { kind: 'heading', text: plain(line.replace(/^#+\s+/, '').replace(/\s+#+$/, '')) };
  if (!LIST_MARKER.test(line) && next !== undefined && /^(?:={3,}|-{3,})$/.test(next.trim()))
    return { kind: 'heading', text: plain(line) };
  if (/^\*\*[^*]+\*\*:?$/.test(line)) return { kind: 'heading', text: plain(line).replace(/:$/, '') };
  if (LIST_MARKER.test(line)) return { kind: 'item', text: plain(line.replace(LIST_MARKER, '')) };
  if (/^>\s?/.test(line)) return { kind: 'text', text: plain(line.replace(/^(?:>\s?)+/, '')) };
  return { kind: 'text', text: plain(line) };
}

/** Emphasis, code marks and links are typography; the words stay. */
const plain = (text: string): string =>
  text
    .replace(/!?\[([^\][]{0,500})\]\([^()]{0,2000}\)/g, '$1')
    .replace(/(\*\*|__)(.{1,500}?)\1/g, '$2')
    .replace(/(?<!\w)([*_])(\S(?:.{0,300}?\S)?)\1(?!\w)/g, '$2')
    .replace(/`([^`]*)`/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();

function sectionsOf(sop: string): Section[] {
  const rows = sop.split(/\r\n|\r|\n/);
  const sections: Section[] = [{ heading: undefined, statements: [] }];
  const block = blockReader((statement) => sections.at(-1)?.statements.push(statement));
  rows.forEach((row, index) => {
    const line = readLine(row, rows[index + 1]);
    block.read(line);
    if (line.kind === 'heading') sections.push({ heading: line.text, statements: [] });
  });
  block.end();
  return sections;
}

/** Gathers wrapped lines into paragraphs and items, and remembers the lead-in of a list. */
function blockReader(emit: (statement: string) => void) {
  let open: { kind: 'item' | 'text'; text: string } | undefined;
  let leadIn: { text: string; used: boolean } | undefined;
  const dropLeadIn = (): void => {
    if (leadIn?.used === false) emit(leadIn.text);
    leadIn = undefined;
  };
  const closeItem = (text: string): void => {
    emit(leadIn === undefined ? text : `${leadIn.text} ${text}`);
    if (leadIn !== undefined) leadIn.used = true;
  };
  const closeText = (text: string): void => {
    dropLeadIn();
    const sentences = splitSentences(text);
    const last = sentences.at(-1)?.endsWith(':') ? sentences.pop() : undefined;
    sentences.forEach(emit);
    leadIn = last === undefined ? undefined : { text: last, used: false };
  };
  const close = (): void => {
    const block = open;
    open = undefined;
    if (block === undefined || block.text === '') return;
    if (block.kind === 'item') closeItem(block.text);
    else closeText(block.text);
  };
  return {
    read(line: Line): void {
      if (line.kind === 'text' && open !== undefined) {
        open = { kind: open.kind, text: `${open.text} ${line.text}`.trim() };
        return;
      }
      close();
      if (line.kind === 'heading') dropLeadIn();
      if (line.kind === 'item' || line.kind === 'text') open = { kind: line.kind, text: line.text };
    },
    end(): void {
      close();
      dropLeadIn();
    },
  };
}

const ABBREVIATION = /(?:\b(?:e\.g|i\.e|etc|approx|no|nr|vs|mr|mrs|ms|dr|st|incl|excl)|\b[A-Z])\.$/i;

/** Sentences of a paragraph; abbreviations and decimal numbers do not end one. */
function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(/[.!?…]+["'”’)\]]*\s+(?=["'“‘(]?[\p{Lu}\p{N}])/gu)) {
    const end = match.index + match[0].length;
    const sentence = text.slice(start, end).trim();
    if (ABBREVIATION.test(sentence)) continue;
    sentences.push(sentence);
    start = end;
  }
  return [...sentences, text.slice(start).trim()].filter((sentence) => sentence !== '');
}
