import { expect } from 'vitest';
import type { FaultKind, FaultRule } from '../../../local/core/faults.ts';
import type { TraceEntry } from '../../../local/core/trace.ts';

/** What the client does, one after the other; each of a run's calls belongs to the first in which its role makes it. */
export const PHASES = ['create', 'ask', 'delete'] as const;
export type Phase = (typeof PHASES)[number];

/** A call that a role makes in a run that goes well. */
export interface ObservedCall {
  readonly phase: Phase;
  /** Of an agent's own role, with `AGENT` in the place of its id. */
  readonly roleName: string;
  readonly service: string;
  readonly operation: string;
  /** How often; polls vary. */
  readonly count: number;
}

const AGENT = '{agentId}';

/** The different calls of each role, in the order first made. */
export function observe(traces: Readonly<Record<Phase, readonly TraceEntry[]>>, agentId: string): ObservedCall[] {
  const calls = new Map<string, ObservedCall>();
  for (const phase of PHASES) {
    for (const { roleName, service, operation } of traces[phase]) {
      if (roleName === undefined) continue;
      const role = roleName.replace(agentId, AGENT);
      const name = `${role} ${service} ${operation}`;
      const known = calls.get(name);
      if (known === undefined) calls.set(name, { phase, roleName: role, service, operation, count: 1 });
      else if (known.phase === phase) calls.set(name, { ...known, count: known.count + 1 });
    }
  }
  return [...calls.values()];
}

/** A rule for the nth such call of the agent's run. */
export const ruleOf = (
  { roleName, service, operation }: ObservedCall,
  agentId: string,
  kind: FaultKind,
  nth = 1,
): FaultRule => ({ kind, roleName: roleName.replace(AGENT, agentId), service, operation, nth });

/** Parts of each role's calls: the first holds the first `sizeOf(role)` of every role, and so on. */
export function inRounds(calls: readonly ObservedCall[], sizeOf: (roleName: string) => number): ObservedCall[][] {
  const rounds: ObservedCall[][] = [];
  const seen = new Map<string, number>();
  for (const call of calls) {
    const nth = seen.get(call.roleName) ?? 0;
    seen.set(call.roleName, nth + 1);
    const round = Math.floor(nth / sizeOf(call.roleName));
    rounds[round] = [...(rounds[round] ?? []), call];
  }
  return rounds;
}

/** The processes in AgentCore: the AgentCreator, and the agents. */
export const IN_AGENT_CORE = /-AgentCreatorRole|-agent-\{agentId\}/;

export function expectAllRoles(calls: readonly ObservedCall[]): void {
  const roles = [...new Set(calls.map(({ roleName }) => roleName))];
  expect(roles.length).toBeGreaterThan(16);
  expect(roles.filter((role) => IN_AGENT_CORE.test(role))).toHaveLength(2);
}
