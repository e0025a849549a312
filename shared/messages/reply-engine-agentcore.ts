import { createHash } from 'node:crypto';
import { problem } from '../kernel/problems.ts';
import type { AgentMinds } from '../providers/agent-mind.ts';
import type { AgentRuntimes } from './agent-runtime.ts';
import { beside } from './history.ts';
import { readAnswer } from './read-answer.ts';
import type { ReplyEngine } from './reply-engine.ts';

/** The deployed agent finds the words. */
export const agentCoreReplyEngine = ({
  runtimes,
  minds,
}: {
  readonly runtimes: AgentRuntimes;
  readonly minds: AgentMinds;
}): ReplyEngine => ({
  reply: async ({ agent, sessionId, text, history, context }) => {
    const { runtime, userId, agentId } = agent;
    if (runtime === undefined) throw problem('agent-not-ready', 'The agent has no version that could answer.');
    const session = createHash('sha256').update(`${userId}#${agentId}#${sessionId}`).digest('hex');
    const told = beside(context);
    const mind = await minds.of(agent);
    const message = {
      type: 'message' as const,
      sessionId,
      text,
      history,
      ...(told === undefined ? {} : { context: told }),
      ...(mind === undefined ? {} : { mind }),
    };
    return readAnswer(await runtimes.ask(runtime, session, message));
  },
});
