import type { CallStore } from '../calls/call-store.ts';
import type { SocketConnections } from '../voice/relay/connections-apigateway.ts';
import type { SessionStore } from '../voice/stores/session-store.ts';

type Sockets = Pick<SocketConnections, 'post'>;

/** Tells the owner of a call to look what is wanted of it. It looks each second anyway: whatever keeps it from being told is no failure. */
export const nudgeOwner = async (sockets: Sockets, connectionId: string | undefined, atMs: number): Promise<void> => {
  if (connectionId === undefined) return;
  const look = JSON.stringify({ connectionId, atMs, message: { type: 'look' } });
  await sockets.post(connectionId, look).catch(() => undefined);
};

export interface NudgeOwnersDeps {
  readonly calls: Pick<CallStore, 'list'>;
  readonly sessions: Pick<SessionStore, 'find'>;
  readonly sockets: Sockets;
}

/** Of one agent, told at once; owners of further calls find it at their next look. */
const MOST_CALLS = 100;

/** The same for the owners of all of an agent's calls that go on. Owners outside (direct calls) have no connection: they look. */
export const nudgeOwners =
  ({ calls, sessions, sockets }: NudgeOwnersDeps) =>
  async ({ userId, agentId }: { readonly userId: string; readonly agentId: string }, atMs: number): Promise<void> => {
    try {
      const active = await calls.list({ userId, agentId, status: 'active', limit: MOST_CALLS });
      const reached = active.calls.filter(({ transport }) => transport !== 'direct');
      await Promise.all(
        reached.map(async ({ callId }) => nudgeOwner(sockets, (await sessions.find(callId))?.ownerConnectionId, atMs)),
      );
    } catch {
      // As above.
    }
  };
