import type { VersionCache } from '../../kernel/version-cache.ts';
import type { AgentTerms } from '../keeper/call-keeper.ts';
import type { AgentBrain, AgentSelf } from '../session/agent-brain.ts';

/**
 * A brain that remembers, for all calls of its process, what versions of agents have told of themselves. Which version
 * serves says the agent's row, which is read for each switch anyway; what the agent answers says which one it was. A
 * version never changes, so what is known of it holds.
 */
export const rememberingBrain = (
  brain: AgentBrain,
  selves: VersionCache<AgentSelf>,
  { agentRuntimeArn, agentVersion }: Pick<AgentTerms, 'agentRuntimeArn' | 'agentVersion'>,
): AgentBrain => ({
  ...brain,
  describe: async (signal) => {
    const self = await brain.describe(signal);
    selves.put(agentRuntimeArn, self.agentVersion, self);
    return self;
  },
  known: () => (agentVersion === undefined ? undefined : selves.get(agentRuntimeArn, agentVersion)),
});
