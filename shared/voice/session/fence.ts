import { LEASE_GUARD_MS } from '../keeper/call-keeper.ts';
import type { SessionClock } from './clock.ts';

/** Whether this process may still act for the call. Everything that is sent or stored asks here first. */
export interface Fence {
  readonly mayAct: () => boolean;
  readonly renewed: (leaseUntilMs: number) => void;
  /** For good. */
  readonly close: () => void;
  /** The lease has run out: somebody else may own the call. */
  readonly isLost: () => boolean;
}

/** An owner that could not renew in time falls silent a little before its lease ends, as clocks differ. */
export function createFence({ clock }: { readonly clock: SessionClock }, firstLeaseUntilMs: number): Fence {
  let leaseUntilMs = firstLeaseUntilMs;
  let isClosed = false;
  return {
    mayAct: () => !isClosed && clock.now() < leaseUntilMs - LEASE_GUARD_MS,
    renewed(untilMs) {
      leaseUntilMs = Math.max(leaseUntilMs, untilMs);
    },
    close() {
      isClosed = true;
    },
    isLost: () => isClosed || clock.now() >= leaseUntilMs,
  };
}
