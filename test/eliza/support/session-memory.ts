import type { ElizaSession, ElizaSessionKey, ElizaSessionStore } from '../../../shared/eliza/eliza-session-store.ts';

/** Sessions in memory; `rows` shows them. */
export const elizaSessionMemory = (): ElizaSessionStore & { readonly rows: Map<string, ElizaSession> } => {
  const rows = new Map<string, ElizaSession>();
  const keyOf = ({ agentId, sessionId, channel }: ElizaSessionKey) => `${agentId}#${sessionId}#${channel}`;
  return {
    rows,
    find: async (key) => rows.get(keyOf(key)),
    keep: async (key, session) => {
      rows.set(keyOf(key), session);
    },
  };
};
