import type { Call, CallEntry } from '../calls/call.ts';
import type { Operator } from './command.ts';

/** An operator's wish that a call end which nobody has answered yet. */
export interface Cancellation {
  readonly commandId: string;
  readonly operator: Operator;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** For the record. */
  readonly reason?: string;
}

/** Ends calls that are queued or ring. */
export interface CallCancelling {
  /**
   * Ends the call, with who ended it on record, in one write. False when it has been answered, or was over before; the
   * same `commandId` again is the same command.
   */
  readonly cancel: (call: Call, by: Cancellation) => Promise<boolean>;
  /** Takes the call back from the telephone provider. Throws `telephony-failed`; can be repeated. */
  readonly withdraw: (call: Pick<Call, 'userId' | 'callId'>) => Promise<void>;
}

/** Whether a command that ends the call is to cancel it: it waits or rings, or this very command has cancelled it. */
export const isCancellable = ({ status, endCommandId }: Call, commandId: string): boolean =>
  status === 'queued' || status === 'ringing' || endCommandId === commandId;

/** The first and only entry: nothing else has happened in this call. */
export const cancelEntry = ({ commandId, operator, atMs, reason }: Cancellation): CallEntry => ({
  kind: 'operator',
  seq: 0,
  atMs,
  action: 'end',
  commandId,
  operator: operator.name,
  operatorId: operator.id,
  ...(reason === undefined ? {} : { text: reason }),
});
