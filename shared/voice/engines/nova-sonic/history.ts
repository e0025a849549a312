import type { HistoryTurn } from '../speech-engine.ts';

/** What Nova Sonic takes of a conversation before (see the model catalogue). */
export interface HistoryLimits {
  readonly maxBytes: number;
  readonly maxMessages: number;
}

/** A single `textInput` may hold no more (nova-samples `session-continuation`). */
const MAX_PIECE_BYTES = 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of UTF-8. */
const size = (text: string): number => encoder.encode(text).length;

/** First byte of a character, or of ASCII: a continuation byte is 10xxxxxx. */
const beginsCharacter = (byte: number): boolean => (byte & 0b1100_0000) !== 0b1000_0000;

/** The text in pieces of at most 1 KB of UTF-8, cut between characters. At least one piece, so that a content is never empty. */
export const textPieces = (text: string): readonly string[] => {
  const bytes = encoder.encode(text);
  const pieces: string[] = [];
  let start = 0;
  while (bytes.length - start > MAX_PIECE_BYTES) {
    let end = start + MAX_PIECE_BYTES;
    while (!beginsCharacter(bytes[end] ?? 0)) end -= 1;
    pieces.push(decoder.decode(bytes.subarray(start, end)));
    start = end;
  }
  return [...pieces, decoder.decode(bytes.subarray(start))];
};

/** The end of a text, at most so many bytes, beginning with a whole character. */
const tail = (text: string, maxBytes: number): string => {
  const bytes = encoder.encode(text);
  let start = Math.max(0, bytes.length - maxBytes);
  while (start < bytes.length && !beginsCharacter(bytes[start] ?? 0)) start += 1;
  return decoder.decode(bytes.subarray(start));
};

const merged = (turns: readonly HistoryTurn[]): HistoryTurn[] => {
  const result: HistoryTurn[] = [];
  for (const { role, text } of turns) {
    const words = text.trim();
    if (words === '') continue;
    const last = result.at(-1);
    if (last?.role === role) result[result.length - 1] = { role, text: `${last.text}\n${words}` };
    else result.push({ role, text: words });
  }
  return result;
};

/**
 * What of a conversation can be replayed: consecutive turns of one side become one, the newest are kept as far as bytes
 * and messages allow, and the first is the caller's (the model refuses any other beginning; an opening greeting goes).
 */
export const sanitizeHistory = (turns: readonly HistoryTurn[], limits: HistoryLimits): readonly HistoryTurn[] => {
  const kept: HistoryTurn[] = [];
  let bytes = 0;
  for (const turn of merged(turns).reverse()) {
    if (kept.length >= limits.maxMessages) break;
    const room = limits.maxBytes - bytes;
    // The newest turn alone may be too long: its end is worth more than nothing.
    const text = kept.length === 0 ? tail(turn.text, room) : turn.text;
    if (text === '' || size(text) > room) break;
    kept.unshift({ role: turn.role, text });
    bytes += size(text);
  }
  const firstUser = kept.findIndex(({ role }) => role === 'user');
  return firstUser === -1 ? [] : kept.slice(firstUser);
};
