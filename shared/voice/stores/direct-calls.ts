import type { DirectCalls } from '../../access/direct-calls.ts';
import { type CallPolicy, draftCall } from './draft-call.ts';
import type { SessionStore } from './session-store.ts';

/** Calls of the direct path: opened with their first owner called already, the runtime that the client dials. */
export const directCalls = (
  { sessions }: { readonly sessions: Pick<SessionStore, 'open' | 'find'> },
  policy: CallPolicy,
): DirectCalls => ({
  find: async ({ callId, userId, agentId, keyId }) => {
    const session = await sessions.find(callId);
    const isTheirs = session?.userId === userId && session.agentId === agentId && session.keyId === keyId;
    if (session === undefined || !isTheirs || session.status !== 'open' || session.claimedEpoch === 0) return undefined;
    // The runtime owns epoch 1; whoever came later was called by the gateway and listens there.
    return { ...session.runtime, isDirect: session.transport === 'direct' && session.epoch === 1 };
  },
  open: async ({ connectUntilMs, ...asked }) => {
    const { agent, nowMs } = asked;
    const { runtime } = agent;
    if (runtime === undefined) throw new Error(`Agent ${agent.agentId} has no runtime to hold a call.`);
    const rows = draftCall(
      { ...asked, runtime, channel: 'browser', direction: 'inbound', transport: 'direct' },
      policy,
    );
    const { opened } = await sessions.open({ ...rows, lineUntilMs: connectUntilMs, nowMs, mayWait: false });
    return opened;
  },
});
