import type { Call } from '../call.ts';
import { beginningOf, type SearchedCall } from './call-words.ts';

/** Whose words: a call and its tenant. */
export type WordsKey = Pick<Call, 'userId' | 'callId'>;

/** A call's words with one beginning. In the calls table: PK `words#{tenant}#{beginning}`, SK `callId`. */
export interface WordsRow {
  readonly userId: string;
  readonly callId: Call['callId'];
  readonly words: readonly string[];
  /** Unix seconds; the call's own. */
  readonly expiresAt: number;
}

/** Which rows of words a call has. PK `words#{tenant}`, SK `callId`. Written before them, so that erasing finds them all. */
export interface BeginningsRow extends Omit<WordsRow, 'words'> {
  readonly beginnings: readonly string[];
}

/** Key of a call's words with one beginning. No word has the sign that parts them from the tenant. */
export const wordsKey = ({ userId, callId }: WordsKey, beginning: string) => ({
  userId: `words#${userId}#${beginning}`,
  callId,
});

/** Key of the row that says which rows of words a call has. */
export const beginningsKey = ({ userId, callId }: WordsKey) => ({ userId: `words#${userId}`, callId });

/** The rows by which a call is found. Pure. */
export const searchRows = (
  call: WordsKey & SearchedCall & Pick<Call, 'expiresAt'>,
  words: readonly string[],
): { readonly beginnings: BeginningsRow; readonly rows: readonly WordsRow[] } => {
  const { expiresAt } = call;
  const groups = Map.groupBy(words, beginningOf);
  return {
    beginnings: { ...beginningsKey(call), beginnings: [...groups.keys()], expiresAt },
    rows: [...groups].map(([beginning, group]) => ({ ...wordsKey(call, beginning), words: group, expiresAt })),
  };
};
