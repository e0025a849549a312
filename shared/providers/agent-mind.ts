import type { Agent } from '../agents/agent.ts';
import { problem } from '../kernel/problems.ts';
import type { ProviderKeys } from '../voice/settings/provider-keys.ts';
import type { VoiceSettings } from '../voice/voice-settings.ts';
import type { KeySeal } from './key-seal.ts';
import { sealedFor } from './same-service.ts';

/** The language model an agent's owner has chosen, as it travels with a question to the agent's runtime. */
export interface AgentMind {
  readonly llm: VoiceSettings['cascade']['llm'];
  /** Of a service of the tenant's own; opens in `speak-to-provider` only, and for that service only. */
  readonly sealedKey?: string | undefined;
}

/** Whose mind an agent answers with. */
export interface AgentMinds {
  /**
   * Read for each question, so that a change holds from the next one on; undefined where the agent's own runtime has the
   * model. Throws `provider-key-missing`.
   */
  readonly of: (agent: Pick<Agent, 'userId' | 'agentId' | 'voice'>) => Promise<AgentMind | undefined>;
}

export interface AgentMindDeps {
  readonly providerKeys: Pick<ProviderKeys, 'read'>;
  readonly seal: Pick<KeySeal, 'close'>;
}

export const agentMinds = ({ providerKeys, seal }: AgentMindDeps): AgentMinds => ({
  of: async (agent) => {
    // As it was stored: the schema of all settings has no room in functions of the API, and this part has not changed.
    const llm = agent.voice?.cascade?.llm;
    if (llm === undefined) return undefined;
    if (llm.provider === 'bedrock') return llm.modelId === undefined ? undefined : { llm };
    const { llm: key } = await providerKeys.read(agent);
    if (key === undefined) throw problem('provider-key-missing', 'There is no key for the agent’s language model.');
    return { llm, sealedKey: await seal.close(key, sealedFor(agent.userId, llm)) };
  },
});
