import type { OratioClient } from '../client/index.ts';
import { NotFoundError, UsageError } from './exit-codes.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An agent as people name it: its id, or its name where no other has the same. Throws `NotFoundError`, `UsageError`. */
export async function agentIdOf(client: OratioClient, reference: string): Promise<string> {
  if (UUID.test(reference)) return reference.toLowerCase();
  const ids: string[] = [];
  for await (const { agentId, agentName } of client.items('listAgents', { query: { limit: 100 } })) {
    if (agentName.toLowerCase() === reference.toLowerCase()) ids.push(agentId);
  }
  const [agentId, ...others] = ids;
  if (agentId === undefined) throw new NotFoundError(`You have no agent called "${reference}".`);
  if (others.length > 0)
    throw new UsageError(`${ids.length} agents are called "${reference}": name one by its id.\n  ${ids.join('\n  ')}`);
  return agentId;
}
