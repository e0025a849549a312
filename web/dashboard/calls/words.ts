/** What cannot be told. */
export const NOTHING = '–';

/** `75_000` → `1:15`; from an hour on `1:02:03`. */
export function asClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Millionths of a dollar for reading: cents to four places, since a call costs a few of them. */
export const asDollars = (microUsd: number): string => {
  const usd = microUsd / 1_000_000;
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: usd >= 100 ? 2 : 4, maximumFractionDigits: usd >= 100 ? 2 : 4 })}`;
};

/** `820` → `820 ms`, `1_240` → `1.24 s`. */
export const asLatency = (ms: number | null | undefined): string => {
  if (ms === null || ms === undefined) return NOTHING;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
};

/** A day and a time of it, as the reader's own clock shows them. */
export const asMoment = (unixMs: number, options: { readonly timeZone?: string } = {}): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', ...options }).format(unixMs);

/** `client-ended` → `Client ended` */
export const asSentence = (code: string): string => {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** `searchKnowledge` → `search knowledge` */
export const asWords = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

/** `3, 'call'` → `3 calls` */
export const countOf = (count: number, thing: string): string =>
  `${count.toLocaleString('en-US')} ${thing}${count === 1 ? '' : 's'}`;
