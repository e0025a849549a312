import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { answeringOf, answeringRuntime } from '../agents/answering.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import type { AgentRuntimes } from './agent-runtime.ts';
import type { ConversationStore, History, SessionLock } from './conversation-store.ts';
import type { AgentAnswer, Turn } from './message.ts';
import { readAnswer } from './read-answer.ts';

export const SendMessageEnv = z.object({
  AGENTS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});

export interface SendMessageDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly conversations: ConversationStore;
  readonly runtimes: AgentRuntimes;
  readonly conversationTtlDays: number;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'session' | 'token'>;
}

/** Twenty questions and answers: what a model can still follow, and far below AgentCore's limits for a payload. */
const HISTORY_TURNS = 40;
/** Longer than the API's 30 s: whoever held the session by then is dead. */
const LOCK_SECONDS = 40;
const SECONDS_PER_DAY = 86_400;

/** One message to an agent and its answer; the session goes on from turn to turn. */
export const sendMessage =
  (deps: SendMessageDeps) =>
  async (request: RequestOf<'sendMessage'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent(deps, request);
    const sessionId = request.body.sessionId ?? deps.ids.session();
    const answering = answeringOf(agent);
    if ('notice' in answering) return { status: 200, body: { sessionId, ...noticeOnly(answering.notice) } };
    const runtime = answeringRuntime(agent);
    const now = nowSeconds(deps.clock);
    const key = { userId: agent.userId, agentId: agent.agentId, sessionId };
    const lock: SessionLock = { key, token: deps.ids.token(), lockedUntil: now + LOCK_SECONDS };
    if (!(await deps.conversations.lock(lock, now))) throw sessionBusy();
    const answer = await answerUnderLock(
      deps,
      lock,
      async (history) => {
        const message = { type: 'message' as const, sessionId, text: request.body.text, history: history.turns };
        return readAnswer(await deps.runtimes.ask(runtime, runtimeSessionId(lock.key), message));
      },
      request.body.text,
    );
    return { status: 200, body: { sessionId, ...answer } };
  };

/** What a paused agent answers; nothing is asked and nothing remembered. */
const noticeOnly = (notice: string): AgentAnswer => ({
  answer: notice,
  citations: [],
  toolCalls: [],
  handoff: null,
  usage: { inputTokens: 0, outputTokens: 0 },
});

const sessionBusy = () =>
  problem('session-busy', 'Wait for the answer to the message before, or begin another session.', {
    retryAfterSeconds: 1,
  });

/** AgentCore demands 33 characters or more and keeps a session to one of its own machines. */
const runtimeSessionId = ({ userId, agentId, sessionId }: SessionLock['key']): string =>
  createHash('sha256').update(`${userId}#${agentId}#${sessionId}`).digest('hex');

const answerUnderLock = async (
  { conversations, conversationTtlDays, clock }: SendMessageDeps,
  lock: SessionLock,
  ask: (history: History) => Promise<AgentAnswer>,
  question: string,
): Promise<AgentAnswer> => {
  try {
    const history = await conversations.history(lock.key, HISTORY_TURNS);
    const answer = await ask(history);
    const turns: Turn[] = [
      { role: 'user', text: question },
      { role: 'assistant', text: answer.answer },
    ];
    const now = nowSeconds(clock);
    const times = { now, expiresAt: now + conversationTtlDays * SECONDS_PER_DAY };
    await conversations.append(lock, history, turns, times);
    return answer;
  } catch (error) {
    // The message's own error matters more than this one; the lock ends by itself.
    await conversations.unlock(lock).catch(() => undefined);
    throw error;
  }
};
