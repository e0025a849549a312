import type { AgentRoles } from './agent-roles.ts';
import type { AgentRuntimes } from './agent-runtimes.ts';
import { LIVE_ENDPOINT } from './resource-names.ts';

export interface RuntimeRemovalDeps {
  readonly runtimes: AgentRuntimes;
  readonly roles: Pick<AgentRoles, 'remove'>;
}

/** `pending`: asked for, ask again. */
export type Removal = 'pending' | 'done';

/** Takes down endpoint, runtime and role, each after the one that needs it. */
export const removeRuntime = async (
  { runtimes, roles }: RuntimeRemovalDeps,
  agent: { readonly agentRuntimeId: string | undefined; readonly name: string; readonly roleName: string },
): Promise<Removal> => {
  const found = await findRuntime(runtimes, agent);
  if (found !== undefined && (await takeDown(runtimes, found)) === 'pending') return 'pending';
  await roles.remove(agent.roleName);
  return 'done';
};

/** By id; by name when the id was never written down, or belongs to a runtime that is gone. */
const findRuntime = async (
  runtimes: AgentRuntimes,
  { agentRuntimeId, name }: { readonly agentRuntimeId: string | undefined; readonly name: string },
): Promise<string | undefined> => {
  const known = agentRuntimeId === undefined ? undefined : await runtimes.describe(agentRuntimeId);
  return known?.agentRuntimeId ?? runtimes.find(name);
};

const takeDown = async (runtimes: AgentRuntimes, agentRuntimeId: string): Promise<Removal> => {
  const endpoint = await runtimes.describeEndpoint(agentRuntimeId, LIVE_ENDPOINT);
  if (endpoint !== undefined && endpoint.status !== 'deleting')
    await runtimes.removeEndpoint(agentRuntimeId, LIVE_ENDPOINT);
  if (endpoint !== undefined && (await runtimes.describeEndpoint(agentRuntimeId, LIVE_ENDPOINT)) !== undefined)
    return 'pending';
  const runtime = await runtimes.describe(agentRuntimeId);
  if (runtime === undefined) return 'done';
  // AgentCore refuses to delete what it is still making.
  if (runtime.status === 'deleting' || runtime.status === 'under-way') return 'pending';
  await runtimes.remove(agentRuntimeId);
  return (await runtimes.describe(agentRuntimeId)) === undefined ? 'done' : 'pending';
};
