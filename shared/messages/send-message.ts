import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { answeringOf, answeringRuntime } from '../agents/answering.ts';
import { businessOf } from '../agents/business-context.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { toldOf } from '../control/live-context.ts';
import type { CustomerMemory } from '../customers/customer-memory.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import type { AgentMinds } from '../providers/agent-mind.ts';
import { MIND_ENV } from '../providers/mind-env.ts';
import { answerTally } from '../statistics/answer-tally.ts';
import type { AgentRuntimes } from './agent-runtime.ts';
import type { ConversationStore, History, SessionLock } from './conversation-store.ts';
import { beside, historyOf } from './history.ts';
import type { AgentAnswer, AgentMessage, Turn } from './message.ts';
import { readAnswer } from './read-answer.ts';

export const SendMessageEnv = z.object({
  AGENTS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CUSTOMERS_TABLE: text,
  STATISTICS_TABLE: text,
  ...MIND_ENV,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});

export interface SendMessageDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly conversations: ConversationStore;
  readonly memory: CustomerMemory;
  readonly runtimes: AgentRuntimes;
  readonly minds: AgentMinds;
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
      (history) => {
        const ask = (message: AgentMessage) => deps.runtimes.ask(runtime, runtimeSessionId(lock.key), message);
        return asked(deps, agent, { ...request.body, sessionId, history, ask });
      },
      request.body.text,
    );
    return { status: 200, body: { sessionId, ...answer } };
  };

interface Question {
  readonly sessionId: string;
  readonly text: string;
  readonly customerRef?: string | undefined;
  readonly history: History;
  readonly ask: (message: AgentMessage) => Promise<string>;
}

/** With a customer's name the conversation is theirs, on all channels; without one it is the session's alone. */
const asked = async (
  { memory, minds, clock }: SendMessageDeps,
  agent: Agent,
  { sessionId, text: question, customerRef, history, ask }: Question,
): Promise<AgentAnswer> => {
  const customer =
    customerRef === undefined ? undefined : await memory.meet(agent, { kind: 'external', value: customerRef });
  const known = customer && (await memory.contextOf(customer));
  const business = businessOf(agent);
  const live = toldOf(agent.liveContext);
  const told = beside({ ...(business && { business }), ...(live && { live }), ...(known && { customer: known }) });
  const mind = await minds.of(agent);
  const turns = known === undefined ? history.turns : historyOf(known.recent);
  const message = {
    type: 'message' as const,
    sessionId,
    text: question,
    history: turns,
    ...(told && { context: told }),
    ...(mind && { mind }),
  };
  const askedAtMs = clock.now();
  const answer = readAnswer(await ask(message));
  if (customer === undefined) return answer;
  const sourceId = `api#${sessionId}#${history.next}`;
  const said = { channel: 'api' as const, role: 'user' as const, text: question, atMs: askedAtMs, sourceId };
  const reply = { ...said, role: 'assistant' as const, text: answer.answer, atMs: clock.now() };
  await memory.remember(customer, [said, { ...reply, sourceId: `${sourceId}#reply` }], answer.handoff?.collected);
  return answer;
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
    const { userId, agentId } = lock.key;
    const counted = { userId, agentId, atMs: clock.now(), tally: answerTally('text', answer) };
    const expiresAt = now + conversationTtlDays * SECONDS_PER_DAY;
    await conversations.append(lock, history, turns, { now, expiresAt, counted });
    return answer;
  } catch (error) {
    // The message's own error matters more than this one; the lock ends by itself.
    await conversations.unlock(lock).catch(() => undefined);
    throw error;
  }
};
