import type { AgentAnswer, AgentMessage } from '../../shared/messages/message.ts';
import { plainAnswer } from '../../shared/messages/plain-answer.ts';
import type { CallBriefing } from '../../shared/voice/keeper/call-keeper.ts';
import { knownOf } from '../../shared/voice/keeper/known-of.ts';
import type { AgentBrain, AgentSelf } from '../../shared/voice/session/agent-brain.ts';
import type { SearchKnowledge } from './knowledge.ts';

export interface BrainDependencies {
  readonly self: AgentSelf;
  readonly search: SearchKnowledge;
  readonly answer: (message: AgentMessage, hangUp: AbortSignal) => Promise<AgentAnswer>;
}

/** This agent's own business logic, for a call in this process. */
export const ownBrain = (
  { self, search, answer }: BrainDependencies,
  briefing: Pick<CallBriefing, 'callId' | 'business' | 'customer'>,
): AgentBrain => ({
  describe: async () => self,
  ask: async ({ text, history, live, signal }) => {
    const known = { sessionId: briefing.callId, context: knownOf(briefing, live) };
    const answered = await answer({ type: 'message', text, history, ...known }, signal);
    const clauseIds = [...answered.toolCalls.flatMap((call) => call.clauseIds), ...(answered.handoff?.clauseIds ?? [])];
    return { answer: plainAnswer(answered), handoff: answered.handoff, clauseIds: [...new Set(clauseIds)] };
  },
  search: ({ query, signal }) => search(query, signal),
});
