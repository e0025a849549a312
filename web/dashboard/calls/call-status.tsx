import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { CallRow } from './call-types.ts';
import { asSentence } from './words.ts';

const TYPES: Readonly<Record<CallRow['status'], StatusIndicatorProps.Type>> = {
  queued: 'pending',
  ringing: 'pending',
  starting: 'loading',
  active: 'in-progress',
  completed: 'success',
  failed: 'error',
};

/** A call's status with its colour and sign. */
export function CallStatus({ status }: { readonly status: CallRow['status'] }) {
  return <StatusIndicator type={TYPES[status]}>{asSentence(status)}</StatusIndicator>;
}
