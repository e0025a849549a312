import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { transferText, transferTitle } from '../calls/transfer-words.ts';
import type { TransferNews } from './live-story.ts';

const KINDS: Readonly<Record<TransferNews['status'], StatusIndicatorProps.Type>> = {
  dialling: 'in-progress',
  answered: 'success',
  ended: 'success',
  unanswered: 'warning',
};

/** Whether a caller is with a person, or about to be: nobody steers the call then. */
export const isWithPerson = (transfer: TransferNews | undefined): boolean =>
  transfer?.status === 'dialling' || transfer?.status === 'answered';

/** What has become of a transfer: the person's phone rings, they speak, nobody has answered. */
export function TransferState({ transfer }: { readonly transfer: TransferNews }) {
  return (
    <div role="status">
      <StatusIndicator type={KINDS[transfer.status]} wrapText>
        {transferTitle(transfer.status)} – {transferText(transfer)}
      </StatusIndicator>
      {isWithPerson(transfer) && <Box>The call can be steered again when the caller comes back to the agent.</Box>}
    </div>
  );
}
