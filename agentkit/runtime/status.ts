import type { HostedApp } from '../host/agentcore-server.ts';

/**
 * What `/ping` answers, and since when that is so: AgentCore reckons by it how long a session has had nothing to do, so
 * the time must be that of the last change, not of the start (which may be long before, in a snapshot).
 */
export const statusOf = (isBusy: () => boolean, nowMs: () => number): HostedApp['status'] => {
  let status: ReturnType<HostedApp['status']>['status'] = 'Healthy';
  let sinceMs = nowMs();
  return () => {
    const now = isBusy() ? 'HealthyBusy' : 'Healthy';
    if (now !== status) sinceMs = nowMs();
    status = now;
    return { status, sinceUnixSeconds: Math.floor(sinceMs / 1000) };
  };
};
