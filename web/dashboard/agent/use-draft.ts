import { useState } from 'react';

/** What is written in a form, against what holds. */
export interface FormDraft<T> {
  /** What held when the writing began. */
  readonly began: T;
  readonly draft: T;
  readonly write: (draft: T) => void;
  /** Whether there is something to save. */
  readonly isWritten: boolean;
  /** Somebody else changed what the form began with; what is written stays until it is decided which of both is meant. */
  readonly isOutdated: boolean;
  /** Goes on from what holds now: with what is written, or without it. */
  readonly goOn: (choice: 'mine' | 'theirs') => void;
}

interface Held<T> {
  readonly began: T;
  readonly draft: T;
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Pure: a form follows what holds as long as nothing is written in it, and once what is written holds. */
export const followed = <T>(held: Held<T>, newest: T): Held<T> =>
  !isSame(held.began, newest) && (isSame(held.draft, held.began) || isSame(held.draft, newest))
    ? { began: newest, draft: newest }
    : held;

/** A form over `newest`, which may change under it; values are compared as JSON. */
export function useDraft<T>(newest: T): FormDraft<T> {
  const [kept, keep] = useState<Held<T>>({ began: newest, draft: newest });
  const held = followed(kept, newest);
  // While rendering, as React has it for state that follows a property: nothing old is painted.
  if (held !== kept) keep(held);
  return {
    ...held,
    write: (draft) => keep((now) => ({ ...now, draft })),
    isWritten: !isSame(held.draft, held.began),
    isOutdated: !isSame(held.began, newest),
    goOn: (choice) => keep(({ draft }) => ({ began: newest, draft: choice === 'mine' ? draft : newest })),
  };
}
