import type { Agent } from '../agents/agent.ts';
import type { AgentStore, Written } from '../agents/agent-store.ts';
import type { Log } from '../kernel/log.ts';
import { agentMessage } from './agent-message.ts';
import type { FanOut } from './fan-out.ts';
import type { Watches } from './watches.ts';

export interface AgentFeedDeps {
  readonly watches: Pick<Watches, 'ofTenant'>;
  readonly fanOut: FanOut;
  /** Longest that telling may hold a write up, in milliseconds. */
  readonly within: (work: Promise<void>) => Promise<void>;
  readonly log: Log;
}

/**
 * A store of agents whose writes operators hear of, each after it was made. A write is over when they were told, or
 * could not be in time: the function may be frozen afterwards. Nothing that fails here fails the write.
 */
export const toldAgents = (agents: AgentStore, deps: AgentFeedDeps): AgentStore => {
  const tell = async (agent: Agent): Promise<void> => {
    try {
      const watchers = await deps.watches.ofTenant(agent.userId);
      const interested = watchers.filter(({ topics }) => topics.includes('agents'));
      if (interested.length === 0) return;
      const message = agentMessage(agent);
      for (const { connectionId } of interested) deps.fanOut.send(connectionId, message);
      await deps.within(deps.fanOut.idle());
    } catch (error) {
      deps.log('live.agent.not-told', { agentId: agent.agentId }, error);
    }
  };
  const told = async (write: Promise<Written>): Promise<Written> => {
    const written = await write;
    if (written.written) await tell(written.agent);
    return written;
  };
  return {
    ...agents,
    create: async (agent, knowledgeBase, channels) => {
      const isNew = await agents.create(agent, knowledgeBase, channels);
      if (isNew) await tell(agent);
      return isNew;
    },
    transition: (...args) => told(agents.transition(...args)),
    control: (...args) => told(agents.control(...args)),
    update: (...args) => told(agents.update(...args)),
    recordStep: (...args) => told(agents.recordStep(...args)),
  };
};
