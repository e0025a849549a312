import type { CallRecord } from './call-types.ts';
import { asClock } from './words.ts';

type Transfer = NonNullable<CallRecord['transfer']>;

const TITLES: Readonly<Record<Transfer['status'], string>> = {
  dialling: 'Calling a person',
  answered: 'With a person',
  ended: 'Spoke with a person',
  unanswered: 'No person answered',
};

/** What has become of a transfer, as a heading. */
export const transferTitle = (status: Transfer['status']): string => TITLES[status];

const OUTCOMES: Readonly<Record<NonNullable<Transfer['outcome']>, string>> = {
  busy: 'busy',
  'no-answer': 'no answer',
  failed: 'not reached',
  canceled: 'the caller did not wait',
};

/** Whom, and how it went. */
export const transferText = ({
  to,
  outcome,
  durationMs,
}: {
  readonly to: string;
  readonly outcome?: Transfer['outcome'] | undefined;
  readonly durationMs?: number | undefined;
}): string => {
  if (outcome !== null && outcome !== undefined) return `${to}: ${OUTCOMES[outcome]}`;
  return durationMs === undefined ? to : `${to}, ${asClock(durationMs)}`;
};
