import type { CallStatus } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { CallEndings } from '../voice/stores/session-store.ts';

export interface LiveCallsDeps {
  readonly calls: Pick<CallStore, 'list'>;
  readonly callEndings: CallEndings;
}

const UNDER_WAY: readonly CallStatus[] = ['queued', 'ringing', 'starting', 'active'];
const CALLS_AT_ONCE = 100;

/**
 * Has whoever holds a call of this agent say goodbye. Gives how many were told so just now: nobody waits for an owner
 * that was told before and does not go.
 */
export async function endLiveCalls(
  { calls, callEndings }: LiveCallsDeps,
  { userId, agentId }: { readonly userId: string; readonly agentId: string },
  nowMs: number,
): Promise<number> {
  let told = 0;
  for (const status of UNDER_WAY) {
    let after: Parameters<CallStore['list']>[0]['after'];
    do {
      const page = await calls.list({ userId, agentId, status, limit: CALLS_AT_ONCE, ...(after && { after }) });
      const ends = await Promise.all(page.calls.map(({ callId }) => callEndings.endSoon(callId, 'agent-retired')));
      told += ends.filter((leaseUntilMs = 0) => leaseUntilMs > nowMs).length;
      after = page.last;
    } while (after);
  }
  return told;
}
