import type { TransferStatus, Unanswered } from './call-transfer.ts';

const OUTCOMES: Readonly<Record<Unanswered, string>> = {
  busy: 'was busy',
  'no-answer': 'did not answer',
  failed: 'could not be reached',
  canceled: 'was not waited for',
};

/** What a transfer has come to, in a few words. Pure. */
export const transferWords = ({
  status,
  to,
  operator,
  outcome,
  durationMs,
}: {
  readonly status: TransferStatus;
  readonly to: string;
  readonly operator?: string;
  readonly outcome?: Unanswered;
  readonly durationMs?: number;
}): string => {
  switch (status) {
    case 'dialling':
      return `Put through to ${to}${operator === undefined ? '' : ` by ${operator}`}`;
    case 'answered':
      return `${to} answered`;
    case 'ended':
      return `Spoke with ${to}${durationMs === undefined ? '' : ` for ${Math.round(durationMs / 1000)} s`}`;
    case 'unanswered':
      return `${to} ${OUTCOMES[outcome ?? 'no-answer']}`;
  }
};
