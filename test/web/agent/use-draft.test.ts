import { expect, test } from 'vitest';
import { followed } from '../../../web/dashboard/agent/use-draft.ts';

test('a form follows what others change until something is written in it, and what it has saved itself', () => {
  const began = { notes: 'Closed on Monday.' };
  const theirs = { notes: 'Closed on Tuesday.' };
  const written = { began, draft: { notes: 'Closed all week.' } };
  expect({
    untouched: followed({ began, draft: { ...began } }, theirs),
    // Neither is lost: the form is outdated, and what is written stays.
    written: followed(written, theirs),
    saved: followed(written, { notes: 'Closed all week.' }),
    same: followed(written, { ...began }),
  }).toEqual({
    untouched: { began: theirs, draft: theirs },
    written,
    saved: { began: written.draft, draft: written.draft },
    same: written,
  });
});
