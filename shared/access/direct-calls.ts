import type { Agent } from '../agents/agent.ts';
import type { CallId } from '../calls/call.ts';

export interface DirectCall {
  readonly callId: CallId;
  readonly agent: Agent;
  /** Key of the agent by which it was asked for, if not with a token. */
  readonly keyId?: string;
  /** Who the tenant says will speak. */
  readonly customerRef?: string;
  /** Of epoch 1: the client's proof towards the runtime, and the runtime's towards `keep-call`. */
  readonly ownerToken: string;
  readonly nowMs: number;
  /** Until when the caller may connect; then the line is free again. */
  readonly connectUntilMs: number;
}

export interface GoingOn {
  readonly agentRuntimeArn: string;
  readonly endpointName: string;
  /** False for a call that began over the relay, or whose owner was replaced by one there. */
  readonly isDirect: boolean;
}

/** Calls that take the direct path. */
export interface DirectCalls {
  /** A call of exactly this client that goes on; undefined when there is none. */
  readonly find: (call: {
    readonly callId: CallId;
    readonly userId: string;
    readonly agentId: string;
    readonly keyId: string | undefined;
  }) => Promise<GoingOn | undefined>;
  /** Reserves a line and writes call and session; false: all lines are busy, nothing was written. */
  readonly open: (call: DirectCall) => Promise<boolean>;
}

/** Addresses of agents' own WebSockets. */
export interface RuntimeAddresses {
  /** Signed for one runtime, its endpoint and one session, good for `lifetimeSeconds` (at most 300). */
  readonly sign: (session: {
    readonly agentRuntimeArn: string;
    readonly endpointName: string;
    readonly sessionId: string;
    readonly lifetimeSeconds: number;
    readonly nowMs: number;
  }) => Promise<string>;
}
