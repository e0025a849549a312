import type { Credential } from '../voice/connection.ts';

export interface SpeakingAgent {
  readonly agentId: string;
  readonly name: string;
}

/** As many as one answer of the API may hold. */
const PAGE = 100;

/**
 * The newest agents of the tenant that can be called. None where a key opens the page: it is good for its own agent
 * only. Nothing is lost where they cannot be listed, so nothing is said.
 */
export async function speakingAgents({ apiOrigin, key }: Credential): Promise<readonly SpeakingAgent[]> {
  if (key.startsWith('ok_')) return [];
  try {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${apiOrigin}/api/v1/agents?status=active&limit=${PAGE}`, { headers });
    const { agents = [] } = (await response.json()) as { readonly agents?: readonly Listed[] };
    return agents
      .filter(({ agentType, activeVersion }) => agentType !== 'text' && activeVersion !== null)
      .map(({ agentId, agentName }) => ({ agentId, name: agentName }));
  } catch {
    return [];
  }
}

interface Listed {
  readonly agentId: string;
  readonly agentName: string;
  readonly agentType: string;
  readonly activeVersion: number | null;
}
