import type { DirectCalls } from '../../access/direct-calls.ts';
import { type CallPolicy, draftCall } from './draft-call.ts';
import type { SessionStore } from './session-store.ts';

/** Calls of the direct path: opened with their first owner called already, the runtime that the client dials. */
export const directCalls = (
  { sessions }: { readonly sessions: Pick<SessionStore, 'open'> },
  policy: CallPolicy,
): DirectCalls => ({
  open: async ({ callId, agent, ownerToken, nowMs, connectUntilMs }) => {
    const { runtime } = agent;
    if (runtime === undefined) throw new Error(`Agent ${agent.agentId} has no runtime to hold a call.`);
    const draft = { callId, agent, runtime, ownerToken, nowMs } as const;
    const rows = draftCall({ ...draft, channel: 'browser', direction: 'inbound', transport: 'direct' }, policy);
    const { opened } = await sessions.open({ ...rows, lineUntilMs: connectUntilMs, nowMs, mayWait: false });
    return opened;
  },
});
