import type { Call } from './call.ts';

/**
 * Key of what one owner of a call recorded: `{userId}/{agentId}/{callId}.wav` of the first, `….2.wav` of the second. It
 * is never stored: a row could then be made to name another tenant's.
 */
export const recordingKey = (
  { userId, agentId, callId }: Readonly<Record<keyof Pick<Call, 'userId' | 'agentId' | 'callId'>, string>>,
  part: number,
): string => `${userId}/${agentId}/${callId}${part === 1 ? '' : `.${part}`}.wav`;

/** Recordings of calls. */
export interface Recordings {
  /** An address from which anybody who has it may read the recording, good for five minutes. */
  readonly address: (key: string) => Promise<string>;
}
