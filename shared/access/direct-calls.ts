import type { Agent } from '../agents/agent.ts';
import type { CallId } from '../calls/call.ts';

export interface DirectCall {
  readonly callId: CallId;
  readonly agent: Agent;
  /** Of epoch 1: the client's proof towards the runtime, and the runtime's towards `keep-call`. */
  readonly ownerToken: string;
  readonly nowMs: number;
  /** Until when the caller may connect; then the line is free again. */
  readonly connectUntilMs: number;
}

/** Where calls begin that take the direct path. */
export interface DirectCalls {
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
