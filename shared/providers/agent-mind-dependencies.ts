import type { AgentKey } from '../agents/agent-store.ts';
import { readSecret } from '../kernel/secret-secrets-manager.ts';
import { type ProviderKeySet, type ProviderKeys, providerKeysSecret } from '../voice/settings/provider-keys.ts';
import { type AgentMinds, agentMinds } from './agent-mind.ts';
import { kmsSealing } from './key-seal-kms.ts';
import type { MindEnv } from './mind-env.ts';

/** Of every function that asks agents. */
export const agentMindsOf = (env: MindEnv): AgentMinds =>
  agentMinds({ providerKeys: keptKeys(env), seal: kmsSealing(env) });

/** Without the SDK's client: functions of the API have no room for it. */
const keptKeys = ({ RESOURCE_PREFIX }: Pick<MindEnv, 'RESOURCE_PREFIX'>): Pick<ProviderKeys, 'read'> => ({
  read: async (agent: AgentKey) => {
    const secret = await readSecret(providerKeysSecret(RESOURCE_PREFIX, agent)).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return '{}';
      throw error;
    });
    return JSON.parse(secret) as ProviderKeySet;
  },
});
