/** Figures as people read them. Times are UTC and sort as text. */

export const ofMs = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

export const ofMicroUsd = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`;

/** `2026-11-21 09:00:00`, of Unix milliseconds. */
export const ofMoment = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

export const ofUnixSeconds = (seconds: number): string => ofMoment(seconds * 1_000);

/** `09:00:00`, of Unix milliseconds. */
export const ofClock = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

export const ofBytes = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};

/** Texts of others may hold what a terminal obeys: escapes, bells, line ends. */
export const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}+/gu, (controls) => (/^[\r\n\t]+$/.test(controls) ? ' ' : '\u{fffd}'));

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns a text takes: letters of East Asia and emoji take two. */
export const widthOf = (text: string): number =>
  [...segments.segment(text)].reduce((sum, { segment }) => sum + (WIDE.test(segment) ? 2 : 1), 0);

const WIDE =
  /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u{ff01}-\u{ff60}])/u;

/** Cut to a number of columns, with an ellipsis where something is missing. */
export function cutTo(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of segments.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
