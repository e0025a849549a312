import { ProblemError, problem } from '../kernel/problems.ts';
import { problemOfFailure } from '../providers/provider-failure.ts';
import { AgentAnswerSchema, AgentFailureSchema } from './answer-schemas.ts';
import type { AgentAnswer } from './message.ts';

/**
 * What a deployed agent sent, as its answer. Throws the problem of a language model that its owner has chosen
 * (`provider-…`), and `agent-runtime-failed` for anything else.
 */
export const readAnswer = (json: string): AgentAnswer => {
  try {
    const sent = JSON.parse(json) as unknown;
    const failed = AgentFailureSchema.safeParse(sent);
    if (!failed.success) return AgentAnswerSchema.parse(sent) as AgentAnswer;
    throw problemOfFailure(failed.data.failure);
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw problem('agent-runtime-failed', 'What the agent sent is not an answer.', { cause });
  }
};
