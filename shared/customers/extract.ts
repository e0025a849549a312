import type { ConversationEntry } from './customer.ts';

const SPEAKERS = { user: 'Customer', assistant: 'Agent', human: 'Colleague' } as const;
/** The beginning of what is said holds what it is about. */
const LINE_CHARACTERS = 160;

/**
 * The gist of entries (oldest first) without a model: what the customer said, and what answered it last, by day and
 * channel, the newest kept where there is no room. The same entries give the same extract.
 */
export const extractOf = (entries: readonly Omit<ConversationEntry, 'sourceId'>[], characters: number): string => {
  const lines = entries
    .filter(({ text }) => text.trim() !== '')
    .map(({ channel, role, text, atMs }) => {
      const day = new Date(atMs).toISOString().slice(0, 10);
      return `${day}, ${channel}, ${SPEAKERS[role]}: ${firstWords(text)}`;
    });
  const kept: string[] = [];
  let room = characters;
  for (const line of lines.toReversed()) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return kept.toReversed().join('\n');
};

/** Up to the end of a sentence where there is one in reach, else of a word. */
const firstWords = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= LINE_CHARACTERS) return line;
  const start = line.slice(0, LINE_CHARACTERS);
  const end = Math.max(...['. ', '! ', '? '].map((sign) => start.lastIndexOf(sign) + 1), 0);
  if (end > LINE_CHARACTERS / 3) return start.slice(0, end);
  return `${start.slice(0, Math.max(start.lastIndexOf(' '), 1)).replace(/[\uD800-\uDBFF]$/, '')} …`;
};
