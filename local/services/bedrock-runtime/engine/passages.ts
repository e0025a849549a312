import { sentencesOf } from './words.ts';

/** What a search tool returned. */
export interface Passage {
  readonly marker: number;
  readonly path: string;
  readonly description: string;
  readonly text: string;
}

/** A statement of a passage, small enough to be an answer. */
export interface Candidate {
  readonly marker: number | undefined;
  /** Rank of its passage, from 0. */
  readonly rank: number;
  /** Where it stands in its passage. */
  readonly position: number;
  readonly text: string;
  /** Headings and questions it stands under. */
  readonly context: string;
  /** What its file is about. */
  readonly about: string;
  readonly cells?: readonly Cell[];
}

export interface Cell {
  readonly name: string;
  readonly value: string;
}

/** The statements of all passages; overlapping passages give each statement once. */
export function candidatesOf(passages: readonly Passage[]): Candidate[] {
  const seen = new Set<string>();
  return passages
    .flatMap((passage, rank) => candidatesOfPassage(passage, rank))
    .filter((candidate) => {
      const key = `${candidate.text.toLowerCase()}|${candidate.context}`;
      return !seen.has(key) && seen.add(key);
    });
}

function candidatesOfPassage(passage: Passage, rank: number): Candidate[] {
  const lines = passage.text.split('\n').map((line) => line.trim());
  const headings = lines.filter((line) => /^#{1,6}\s/.test(line)).map((line) => line.replace(/^#+\s+/, ''));
  const about = `${passage.description} ${passage.path}`;
  const candidates: Candidate[] = [];
  let asked = '';
  for (const line of lines) {
    if (line === '' || /^#{1,6}\s/.test(line)) continue;
    const cells = cellsOf(line);
    const statements = cells === undefined ? sentencesOf(line.replace(/^[-*•]\s+/, '')) : [line];
    for (const statement of statements) {
      if (statement.endsWith('?')) {
        asked = statement;
        continue;
      }
      candidates.push({
        marker: passage.marker,
        rank,
        position: candidates.length,
        text: statement.replace(/^(?:A|Answer):\s+/, ''),
        context: [...headings, asked].join(' ').trim(),
        about,
        ...(cells === undefined ? {} : { cells }),
      });
    }
  }
  return candidates;
}

/** A table row as `Name: value; Name: value`, or a Markdown row is left as text. */
function cellsOf(line: string): Cell[] | undefined {
  const parts: string[] = [];
  for (const part of line.split(/;\s+/)) {
    // A semicolon within a value: what follows belongs to the cell before it.
    if (/^[^:]{1,60}:\s+\S/.test(part) || parts.length === 0) parts.push(part);
    else parts.push(`${parts.pop() ?? ''}; ${part}`);
  }
  if (parts.length < 2) return undefined;
  const cells = parts.map((part) => /^([^:]{1,60}):\s+(.+)$/.exec(part));
  if (cells.some((cell) => cell === null)) return undefined;
  return cells.map((cell) => ({ name: cell?.[1]?.trim() ?? '', value: cell?.[2]?.trim() ?? '' }));
}
