import { problem } from '../kernel/problems.ts';
import { AgentAnswerSchema } from './answer-schemas.ts';
import type { AgentAnswer } from './message.ts';

/** What a deployed agent sent, as its answer. Throws `agent-runtime-failed` for anything else. */
export const readAnswer = (json: string): AgentAnswer => {
  try {
    return AgentAnswerSchema.parse(JSON.parse(json)) as AgentAnswer;
  } catch (cause) {
    throw problem('agent-runtime-failed', 'What the agent sent is not an answer.', { cause });
  }
};
