import * as z from 'zod';
import { AgentContextSchema } from '../../shared/customers/context-schema.ts';
import type { AgentAnswer, AgentRequest } from '../../shared/messages/message.ts';
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

/** Carries out one request of `/invocations`; errors are those of the parts. */
export const answerRequest =
  ({ self, search, answer }: BrainDependencies) =>
  async (
    request: AgentRequest,
    hangUp: AbortSignal,
  ): Promise<AgentAnswer | AgentSelf | { readonly passages: readonly BrainPassage[] }> => {
    if (request.type === 'describe') return self;
    if (request.type === 'message') return answer(request, hangUp);
    const signal = AbortSignal.any([hangUp, AbortSignal.timeout(SEARCH_TIMEOUT_MS)]);
    const passages = await search(request.query, signal);
    return { passages: passages.map(({ path, text, score }) => ({ path, text, score })) };
  };
