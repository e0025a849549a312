import type { DocumentBlock, DocumentText } from './document.ts';

export interface ChunkingOptions {
  readonly maxTokens: number;
  /** Of `maxTokens`, repeated at the start of the next chunk of the same section. */
  readonly overlapPercentage: number;
}

/** Bedrock's default chunking: about 300 tokens, sentences kept whole (Bedrock user guide, "How content chunking works"). */
export const DEFAULT_CHUNKING: ChunkingOptions = { maxTokens: 300, overlapPercentage: 20 };

export interface Chunk {
  /** The section's headings as Markdown lines, an empty line, then the passage. */
  readonly text: string;
  readonly headings: readonly string[];
}

interface Section {
  readonly headings: readonly { level: number; text: string }[];
  readonly units: Unit[];
}

/** What is never split: a sentence, a list item, a table row. */
interface Unit {
  readonly text: string;
  /** What stands between this unit and the one before it. */
  readonly separator: ' ' | '\n' | '\n\n';
  readonly repeats: boolean;
}

/** Cuts a document into passages. A section starts a passage of its own, so that its headings are true of all of its text. */
export const chunkDocument = (document: DocumentText, options: ChunkingOptions = DEFAULT_CHUNKING): Chunk[] =>
  sectionsOf(document.blocks).flatMap((section) => chunkSection(section, options));

/** About four characters of English a token (OpenAI's and Amazon's rule of thumb). */
const estimateTokens = (text: string): number => Math.ceil(text.length / 4);

const sectionsOf = (blocks: readonly DocumentBlock[]): Section[] => {
  const sections: Section[] = [{ headings: [], units: [] }];
  for (const block of blocks) {
    const current = sections.at(-1) as Section;
    if (block.kind !== 'heading') current.units.push(...unitsOf(block));
    else {
      const above = current.headings.filter((heading) => heading.level < block.level);
      sections.push({ headings: [...above, { level: block.level, text: block.text }], units: [] });
    }
  }
  return sections.filter((section) => section.units.length > 0);
};

const unitsOf = (block: Exclude<DocumentBlock, { kind: 'heading' }>): Unit[] => {
  if (block.kind === 'row') return [{ text: block.text, separator: '\n', repeats: false }];
  return block.text.split('\n').flatMap((line, lineNumber) =>
    sentencesOf(line).map((text, sentence): Unit => {
      const separator = sentence > 0 ? ' ' : lineNumber > 0 ? '\n' : '\n\n';
      return { text, separator, repeats: true };
    }),
  );
};

const sentencesOf = (line: string): string[] =>
  line.split(/(?<=[.!?…]["')\]]?)\s+(?=["'([]?[\p{Lu}\p{N}])/u).filter((sentence) => sentence !== '');

const chunkSection = (section: Section, options: ChunkingOptions): Chunk[] => {
  const passages: Unit[][] = [];
  let passage: Unit[] = [];
  for (const unit of section.units.flatMap((unit) => splitLong(unit, options.maxTokens))) {
    if (passage.length > 0 && tokensOf([...passage, unit]) > options.maxTokens) {
      passages.push(passage);
      passage = overlapOf(passage, (options.maxTokens * options.overlapPercentage) / 100);
      if (tokensOf([...passage, unit]) > options.maxTokens) passage = [];
    }
    passage.push(unit);
  }
  passages.push(passage);
  const headings = section.headings.map((heading) => heading.text);
  const head = section.headings.map((heading) => `${'#'.repeat(heading.level)} ${heading.text}\n`).join('');
  return passages.map((units) => ({ headings, text: head === '' ? textOf(units) : `${head}\n${textOf(units)}` }));
};

/** The last whole sentences that fit. Rows stand alone, so repeating them would only double the hits. */
const overlapOf = (passage: readonly Unit[], maxTokens: number): Unit[] => {
  const overlap: Unit[] = [];
  for (const unit of passage.toReversed()) {
    if (!unit.repeats || tokensOf([unit, ...overlap]) > maxTokens) break;
    overlap.unshift(unit);
  }
  return overlap;
};

/** A single sentence beyond the limit is cut between words; Bedrock cuts it too. */
const splitLong = (unit: Unit, maxTokens: number): Unit[] => {
  if (estimateTokens(unit.text) <= maxTokens) return [unit];
  const maxCharacters = maxTokens * 4;
  const pieces = unit.text.match(new RegExp(`.{1,${maxCharacters}}(?:\\s|$)|\\S{${maxCharacters}}`, 'gsu')) ?? [
    unit.text,
  ];
  return pieces.map((text, index) => ({ ...unit, text: text.trim(), separator: index > 0 ? ' ' : unit.separator }));
};

const tokensOf = (units: readonly Unit[]): number =>
  units.reduce((tokens, unit) => tokens + estimateTokens(unit.text), 0);

const textOf = (units: readonly Unit[]): string =>
  units.map((unit, index) => (index === 0 ? '' : unit.separator) + unit.text).join('');
