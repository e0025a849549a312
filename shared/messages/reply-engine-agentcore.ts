import { createHash } from 'node:crypto';
import type { AgentContext } from '../customers/customer-memory.ts';
import { problem } from '../kernel/problems.ts';
import type { AgentRuntimes } from './agent-runtime.ts';
import { readAnswer } from './read-answer.ts';
import type { ReplyEngine } from './reply-engine.ts';

/** The deployed agent finds the words. */
export const agentCoreReplyEngine = ({ runtimes }: { readonly runtimes: AgentRuntimes }): ReplyEngine => ({
  reply: async ({ agent, sessionId, text, history, context }) => {
    const { runtime, userId, agentId } = agent;
    if (runtime === undefined) throw problem('agent-not-ready', 'The agent has no version that could answer.');
    const session = createHash('sha256').update(`${userId}#${agentId}#${sessionId}`).digest('hex');
    const told = beside(context);
    const message = {
      type: 'message' as const,
      sessionId,
      text,
      history,
      ...(told === undefined ? {} : { context: told }),
    };
    return readAnswer(await runtimes.ask(runtime, session, message));
  },
});

/** What the history does not tell already. */
export const beside = ({ business, customer }: AgentContext): AgentContext | undefined => {
  if (business === undefined && customer === undefined) return undefined;
  return {
    ...(business === undefined ? {} : { business }),
    ...(customer === undefined ? {} : { customer: { ...customer, recent: [] } }),
  };
};
