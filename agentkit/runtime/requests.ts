import * as z from 'zod';
import { AgentContextSchema } from '../../shared/customers/context-schema.ts';
import type { AgentAnswer, AgentFailure, AgentRequest } from '../../shared/messages/message.ts';
import { AgentMindSchema } from '../../shared/providers/agent-mind-schema.ts';
import { failureOf } from '../../shared/providers/failure-of.ts';
import { ProviderError } from '../../shared/providers/provider-error.ts';
import type { AgentSelf, BrainPassage } from '../../shared/voice/session/agent-brain.ts';
import { HostError } from '../host/agentcore-server.ts';
import type { BrainDependencies } from './brain.ts';

const RequestSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    sessionId: z.string().min(1).max(256),
    text: z.string().trim().min(1).max(20_000),
    history: z.array(z.object({ role: z.enum(['user', 'assistant']), text: z.string() })).max(1_000),
    context: AgentContextSchema.optional(),
    mind: AgentMindSchema.optional(),
  }),
  z.object({ type: z.literal('describe') }),
  z.object({ type: z.literal('search'), query: z.string().trim().min(1).max(1_000) }),
]);

/** @throws HostError 400 when the payload is not an `AgentRequest`. */
export function parseRequest(payload: unknown): AgentRequest {
  const parsed = RequestSchema.safeParse(payload);
  if (parsed.success) return parsed.data as AgentRequest;
  throw new HostError(400, 'invalid-message', z.prettifyError(parsed.error));
}

/** A search is one call of the knowledge base: who waits on the phone hangs up earlier. */
const SEARCH_TIMEOUT_MS = 10_000;

/**
 * Carries out one request of `/invocations`; errors are those of the parts. A provider that the agent's owner has chosen
 * and that fails is told of in an answer: of a status, AgentCore's callers see only that it was none.
 */
export const answerRequest =
  ({ self, search, answer }: BrainDependencies) =>
  async (
    request: AgentRequest,
    hangUp: AbortSignal,
  ): Promise<AgentAnswer | AgentFailure | AgentSelf | { readonly passages: readonly BrainPassage[] }> => {
    if (request.type === 'describe') return self;
    if (request.type === 'message') return answer(request, hangUp).catch(toldOf);
    const signal = AbortSignal.any([hangUp, AbortSignal.timeout(SEARCH_TIMEOUT_MS)]);
    const passages = await search(request.query, signal);
    return { passages: passages.map(({ path, text, score }) => ({ path, text, score })) };
  };

/** Looks through what the agent loop has wrapped the error in. */
const toldOf = (error: unknown): AgentFailure => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProviderError) return { failure: failureOf(cause) };
  }
  throw error;
};
