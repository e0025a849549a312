import { AGENT_TRANSITIONS, type Agent, statusAfter } from '../../../shared/agents/agent.ts';
import type { AgentChange, AgentStore, Written } from '../../../shared/agents/agent-store.ts';
import type { KnowledgeBase } from '../../../shared/knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../../../shared/knowledge/knowledge-base-store.ts';

/** Both tables in memory, with the conditions of the real ones. */
export const memoryStores = () => {
  const agents = new Map<string, Agent>();
  const knowledgeBases = new Map<string, KnowledgeBase>();

  const write = (
    key: { agentId: string },
    allowed: (agent: Agent) => boolean,
    next: (agent: Agent) => Agent,
  ): Written => {
    const current = agents.get(key.agentId);
    if (current === undefined || !allowed(current)) return { written: false, current: copy(current) };
    const agent = { ...next(current), revision: current.revision + 1 };
    agents.set(key.agentId, copy(agent));
    return { written: true, agent: copy(agent) };
  };
  const guarded =
    (options: { guard?: { revision?: number; run?: number } }, statuses: readonly string[]) =>
    (agent: Agent): boolean =>
      statuses.includes(agent.status) &&
      (options.guard?.run === undefined || options.guard.run === agent.provisioning.run) &&
      (options.guard?.revision === undefined || options.guard.revision === agent.revision);

  const agentStore: AgentStore = {
    find: async ({ userId, agentId }) => {
      const found = agents.get(agentId);
      return found?.userId === userId ? copy(found) : undefined;
    },
    list: async () => ({ agents: [] }),
    create: async (agent, knowledgeBase) => {
      agents.set(agent.agentId, copy(agent));
      knowledgeBases.set(knowledgeBase.knowledgeBaseId, copy(knowledgeBase));
      return true;
    },
    transition: async (key, name, change, options) => {
      const { from } = AGENT_TRANSITIONS[name];
      return write(key, guarded(options, from), ({ restsIn, ...agent }) => ({
        ...changed(agent, change),
        ...statusAfter({ status: agent.status, ...(restsIn === undefined ? {} : { restsIn }) }, name),
      }));
    },
    control: async (key, action, change, options) => {
      const { from, to } = AGENT_TRANSITIONS[action];
      const mayLead = ({ restsIn }: Agent) => restsIn !== undefined && (from as readonly string[]).includes(restsIn);
      return write(
        key,
        (agent) => guarded(options, ['updating'])(agent) && mayLead(agent),
        (agent) => ({ ...changed(agent, change), restsIn: to }),
      );
    },
    update: async (key, change, options) =>
      write(key, guarded(options, ['creating', 'active', 'paused', 'stopped', 'updating', 'failed']), (agent) =>
        changed(agent, change),
      ),
    recordStep: async (key, run, step, { during = ['creating', 'updating'], runStatus }) =>
      write(
        key,
        (agent) =>
          guarded({ guard: { run } }, during)(agent) &&
          (runStatus === undefined || agent.provisioning.status === runStatus),
        (agent) => ({
          ...agent,
          provisioning: { ...agent.provisioning, steps: { ...agent.provisioning.steps, [step.step]: step } },
        }),
      ),
    remove: async ({ agentId }, knowledgeBaseId) => {
      agents.delete(agentId);
      knowledgeBases.delete(knowledgeBaseId);
    },
  };

  const knowledgeBaseStore: KnowledgeBaseStore = {
    find: async (id) => copy(knowledgeBases.get(id)),
    list: async () => ({ knowledgeBases: [] }),
    update: async (id, { files, ...change }) => {
      const current = knowledgeBases.get(id);
      if (current === undefined) return undefined;
      const next = withoutNulls({ ...current, ...change, files: withoutNulls({ ...current.files, ...files }) });
      knowledgeBases.set(id, copy(next) as unknown as KnowledgeBase);
      return copy(next) as unknown as KnowledgeBase;
    },
    remove: async (id) => {
      knowledgeBases.delete(id);
    },
  };
  return { agents: agentStore, knowledgeBases: knowledgeBaseStore, rows: { agents, knowledgeBases } };
};

const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));

const withoutNulls = (record: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));

const changed = (agent: Agent, { provisioning, ...change }: AgentChange): Agent =>
  withoutNulls({
    ...agent,
    ...change,
    provisioning: withoutNulls({ ...agent.provisioning, ...provisioning }),
  }) as unknown as Agent;
