import { AGENT_TRANSITIONS, type Agent, statusAfter } from '../../../shared/agents/agent.ts';
import type { AgentChange, AgentGuard, AgentKey, AgentStore, Written } from '../../../shared/agents/agent-store.ts';
import type { Workflow } from '../../../shared/agents/workflow.ts';
import { CHANNEL_TRANSITIONS, type Channel } from '../../../shared/channels/channel.ts';
import type { ChannelStore } from '../../../shared/channels/channel-store.ts';
import type { IdempotencyRecord, IdempotencyStore } from '../../../shared/http/idempotency.ts';
import type { KnowledgeBase } from '../../../shared/knowledge/knowledge-base.ts';
import type { KnowledgeBaseChange, KnowledgeBaseStore } from '../../../shared/knowledge/knowledge-base-store.ts';
import { type KnowledgeFiles, knowledgeKey } from '../../../shared/knowledge/knowledge-files.ts';
import type { RunInput } from '../../../shared/provisioning/provisioning.ts';

/** Everything the API stores, in memory, with the same conditions as the tables; `breaks` makes a call of a port fail. */
export function memory() {
  const agents = new Map<string, Agent>();
  const bases = new Map<string, KnowledgeBase>();
  const channels = new Map<string, Channel>();
  const objects = new Map<string, Uint8Array>();
  const records = new Map<string, IdempotencyRecord>();
  const runs: { name: string; input: RunInput }[] = [];
  const logged: string[] = [];
  const breaks = new Map<string, Error>();
  let nowMs = Date.UTC(2026, 10, 21, 8);
  let id = 0;

  const maybeBreak = (call: string) => {
    const error = breaks.get(call);
    if (error) throw error;
  };
  const merged = <T extends object>(row: T, change: object): T => {
    const next: Record<string, unknown> = Object.fromEntries(Object.entries(row));
    for (const [name, value] of Object.entries(change)) {
      if (value === null) delete next[name];
      else if (value !== undefined) next[name] = value;
    }
    return next as T;
  };
  const changeBase = (base: KnowledgeBase, { files = {}, ...change }: KnowledgeBaseChange, now: number) =>
    merged(base, { ...change, files: merged(base.files, files), updatedAt: now });
  const holds = (agent: Agent, { revision, run, runStatus }: AgentGuard = {}) =>
    (revision === undefined || agent.revision === revision) &&
    (run === undefined || agent.provisioning.run === run) &&
    (runStatus === undefined || agent.provisioning.status === runStatus);

  const write = (
    key: AgentKey,
    from: readonly string[],
    change: AgentChange,
    options: Parameters<AgentStore['update']>[2],
    state: (row: Agent) => Pick<Agent, 'status' | 'restsIn'> = (row) => row,
  ): Written => {
    const row = agents.get(`${key.userId}#${key.agentId}`);
    if (!row || !from.includes(row.status) || !holds(row, options.guard)) return { written: false, current: row };
    const { provisioning = {}, ...attributes } = change;
    const { restsIn = null, status } = state(row);
    const agent: Agent = {
      ...merged(row, { ...attributes, status, restsIn }),
      provisioning: merged(row.provisioning, provisioning),
      revision: row.revision + 1,
      updatedAt: options.now,
    };
    agents.set(`${key.userId}#${key.agentId}`, agent);
    if (options.knowledge) {
      const base = bases.get(options.knowledge.knowledgeBaseId);
      if (base) bases.set(base.knowledgeBaseId, changeBase(base, options.knowledge.change, options.now));
    }
    return { written: true, agent };
  };

  const agentStore: AgentStore = {
    find: async ({ userId, agentId }) => agents.get(`${userId}#${agentId}`),
    list: async ({ userId, status, limit, after }) => {
      const all = [...agents.values()]
        .filter((agent) => agent.userId === userId && (!status || agent.status === status))
        .sort((a, b) => (a.agentId < b.agentId ? 1 : -1))
        .filter((agent) => !after || agent.agentId < after);
      const page = all.slice(0, limit);
      const last = page.at(-1)?.agentId;
      return { agents: page, ...(all.length > limit && last ? { last } : {}) };
    },
    create: async (agent, base, wanted = []) => {
      maybeBreak('agents.create');
      if (agents.has(`${agent.userId}#${agent.agentId}`)) return false;
      agents.set(`${agent.userId}#${agent.agentId}`, agent);
      bases.set(base.knowledgeBaseId, base);
      for (const channel of wanted) channels.set(`${channel.agentId}#${channel.channelType}`, channel);
      return true;
    },
    transition: async (key, name, change, options) => {
      return write(key, AGENT_TRANSITIONS[name].from, change, options, (row) => statusAfter(row, name));
    },
    control: async (key, action, change, options) => {
      const { from, to } = AGENT_TRANSITIONS[action];
      const rest = agents.get(`${key.userId}#${key.agentId}`)?.restsIn;
      const legal = rest !== undefined && (from as readonly string[]).includes(rest) ? ['updating'] : [];
      return write(key, legal, change, options, ({ status }) => ({ status, restsIn: to }));
    },
    update: async (key, change, options) => {
      maybeBreak('agents.update');
      return write(key, ['creating', 'active', 'paused', 'stopped', 'updating', 'failed'], change, options);
    },
    recordStep: async (key, run, step, { now }) => {
      const steps = { ...agents.get(`${key.userId}#${key.agentId}`)?.provisioning.steps, [step.step]: step };
      return write(key, ['creating', 'updating'], { provisioning: { steps } }, { now, guard: { run } });
    },
    remove: async ({ userId, agentId }, knowledgeBaseId, gone = []) => {
      for (const { channelType } of gone) channels.delete(`${agentId}#${channelType}`);
      agents.delete(`${userId}#${agentId}`);
      bases.delete(knowledgeBaseId);
    },
  };
  const knowledge: KnowledgeBaseStore = {
    find: async (baseId) => bases.get(baseId),
    list: async ({ userId, limit }) => ({
      knowledgeBases: [...bases.values()].filter((base) => base.userId === userId).slice(0, limit),
    }),
    update: async (baseId, change, { now }) => {
      const base = bases.get(baseId);
      if (!base) return undefined;
      bases.set(baseId, changeBase(base, change, now));
      return bases.get(baseId);
    },
    remove: async (baseId) => void bases.delete(baseId),
  };
  const channelStore: Pick<ChannelStore, 'list' | 'insert' | 'transition'> = {
    list: async ({ agentId }) => [...channels.values()].filter((channel) => channel.agentId === agentId),
    insert: async (channel) => {
      if (channels.has(`${channel.agentId}#${channel.channelType}`)) return false;
      channels.set(`${channel.agentId}#${channel.channelType}`, channel);
      return true;
    },
    transition: async ({ agentId, channelType }, name, change, { now }) => {
      const current = channels.get(`${agentId}#${channelType}`);
      const { from, to } = CHANNEL_TRANSITIONS[name];
      if (!current || !(from as readonly string[]).includes(current.status)) return { written: false, current };
      const channel = { ...merged(current, change), status: to, updatedAt: now };
      channels.set(`${agentId}#${channelType}`, channel);
      return { written: true, channel };
    },
  };
  const files: KnowledgeFiles = {
    location: ({ userId, agentId }) => `s3://bucket/${userId}/${agentId}/`,
    put: async (agent, path, content) => {
      maybeBreak('files.put');
      objects.set(knowledgeKey(agent, path), content);
    },
    uploadForm: async (_agent, { path }, expiresAt) => ({
      path,
      url: 'https://upload.example/',
      fields: {},
      expiresAt,
    }),
    read: async (agent, path) => objects.get(knowledgeKey(agent, path)),
    remove: async (agent, paths) => {
      for (const path of paths) objects.delete(knowledgeKey(agent, path));
    },
  };
  const idempotency: IdempotencyStore = {
    reserve: async (record, now) => {
      const standing = records.get(record.idempotencyKey);
      if (standing && standing.expiresAt >= now) return standing;
      records.set(record.idempotencyKey, record);
      return undefined;
    },
    takeOver: async (dead, heir) => {
      if (records.get(dead.idempotencyKey) !== dead) return false;
      records.set(heir.idempotencyKey, heir);
      return true;
    },
    complete: async (record, answer) => void records.set(record.idempotencyKey, { ...record, answer, status: 'done' }),
    forget: async (record) => void records.delete(record.idempotencyKey),
    unlock: async (record) => void records.set(record.idempotencyKey, { ...record, lockedUntil: 0 }),
  };
  const workflow: Workflow = {
    executionArn: (name) => `arn:execution:${name}`,
    start: async (name, input) => {
      maybeBreak('workflow.start');
      runs.push({ name, input });
      return 'started';
    },
  };
  const uuid = () => `019a5c1e-7d00-7a3b-8000-${String(++id).padStart(12, '0')}` as never;
  return {
    agents,
    bases,
    channels,
    objects,
    records,
    runs,
    logged,
    breaks,
    advance: (ms: number) => {
      nowMs += ms;
    },
    deps: {
      agents: agentStore,
      knowledge,
      channels: channelStore,
      files,
      idempotency,
      provisioning: workflow,
      retirement: workflow,
      clock: { now: () => nowMs },
      ids: { agent: uuid, knowledgeBase: uuid, session: () => 's_00000001' as never, token: () => `t${++id}` },
      log: (code: string) => void logged.push(code),
    },
  };
}
