import type { Agent } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { answeringOf } from '../agents/answering.ts';
import { businessOf } from '../agents/business-context.ts';
import { toldOf } from '../control/live-context.ts';
import type { Customer } from '../customers/customer.ts';
import { clipped } from '../customers/customer-context.ts';
import { customerConversation } from '../customers/customer-keys.ts';
import type { AgentContext, CustomerMemory } from '../customers/customer-memory.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { problem } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import { answerTally } from '../statistics/answer-tally.ts';
import type { Counted } from '../statistics/statistics-store.ts';
import type { ConversationStore, SessionLock } from './conversation-store.ts';
import type { CustomerMessage, CustomerMessages, CustomerReply } from './customer-message.ts';
import { historyOf } from './history.ts';
import type { AgentAnswer } from './message.ts';
import type { MessageClaim, MessageClaims, SettledReply } from './message-claims.ts';
import { plainAnswer } from './plain-answer.ts';
import type { ReplyEngine } from './reply-engine.ts';

export interface AnswerCustomerDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly memory: CustomerMemory;
  readonly claims: MessageClaims;
  /** Of the customer's conversation across channels. */
  readonly locks: Pick<ConversationStore, 'lock' | 'unlock'>;
  /** Who finds the words for this agent on this channel. */
  readonly engineFor: (agent: Agent, message: CustomerMessage) => ReplyEngine | Promise<ReplyEngine>;
  /** Called after a reply has been sent, where there is time to think; what it throws is its own. */
  readonly afterwards?: (customer: Pick<Customer, 'userId' | 'agentId' | 'customerId'>) => Promise<void>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'token'>;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Waiting for the customer's other messages, asking the agent (27 s at most) and storing: whoever took longer is dead. */
const CLAIM_SECONDS = 75;
/** For sending a reply once it is stored; a repetition of the message sends it after that. */
const SEND_SECONDS = 45;
const LOCK_SECONDS = 45;
const LOCK_WAIT_MS = 20_000;
const LOCK_PAUSE_MS = 200;
/** Longer than what any of the channels lets a customer write (4,096 characters on WhatsApp, 10,000 in a message on X). */
const MAX_TEXT_CHARACTERS = 10_000;

/**
 * Customers' messages: each is claimed, so that it is answered once however often it comes; those of one customer are
 * answered one after the other, on all channels; what both sides said is remembered.
 */
export const answerCustomer = (deps: AnswerCustomerDeps): CustomerMessages => ({
  answer: async (message) => {
    const now = nowSeconds(deps.clock);
    const claim: MessageClaim = { key: message, token: deps.ids.token(), until: now + CLAIM_SECONDS };
    const claimed = await deps.claims.claim(claim, now);
    if (claimed.outcome === 'busy') throw beingAnswered();
    if (claimed.outcome === 'sent') return given(claimed.reply, true);
    if (claimed.reply !== undefined) return given(await kept(deps, message, claimed.reply), false);
    try {
      return given(await settled(deps, claim, message), false);
    } catch (error) {
      // The message's own error matters more than this one; the claim ends by itself.
      await deps.claims.release(claim).catch(() => undefined);
      throw error;
    }
  },
  markSent: async (key) => {
    const customerId = await deps.claims.markSent(key, nowSeconds(deps.clock));
    if (customerId !== undefined) await deps.afterwards?.({ userId: key.userId, agentId: key.agentId, customerId });
  },
});

const given = (reply: SettledReply, wasSent: boolean): CustomerReply =>
  reply.outcome === 'silent' ? reply : { ...reply, wasSent };

/** A reply that was stored and not sent: whoever stored it may have died before it was remembered. */
const kept = async (deps: AnswerCustomerDeps, message: CustomerMessage, reply: SettledReply): Promise<SettledReply> => {
  if (reply.outcome === 'answered') await rememberBoth(deps, message, reply);
  return reply;
};

const beingAnswered = () =>
  problem('session-busy', 'This message, or another one of its sender, is being answered.', { retryAfterSeconds: 2 });

const settled = async (
  deps: AnswerCustomerDeps,
  claim: MessageClaim,
  message: CustomerMessage,
): Promise<SettledReply> => {
  const agent = await deps.agents.find(message);
  const answering = answeringOf(agent);
  if (answering.answers && agent !== undefined) return answered(deps, claim, message, agent);
  return keep(deps, claim, unanswered(answering));
};

/** Throws `session-busy` when another process has taken the message over. */
const keep = async (
  deps: AnswerCustomerDeps,
  claim: MessageClaim,
  reply: SettledReply,
  customer?: Customer,
  counted?: Counted,
): Promise<SettledReply> => {
  const sending = { ...claim, until: nowSeconds(deps.clock) + SEND_SECONDS };
  const outcome = await deps.claims.settle(sending, reply, customer, counted);
  if (outcome === 'lost') throw beingAnswered();
  // They asked to be forgotten while this was answered: it still is, and leaves no trace but that.
  if (outcome === 'erased') await deps.claims.settle(sending, { outcome: 'silent', reason: 'gone' }, undefined);
  return reply;
};

/** Throws `agent-not-ready` where it is worth to wait. */
const unanswered = (answering: ReturnType<typeof answeringOf>): SettledReply => {
  if (answering.answers || answering.reason === 'not-ready') {
    throw problem('agent-not-ready', 'The agent has no version yet that could answer.', { retryAfterSeconds: 30 });
  }
  return answering.reason === 'paused'
    ? { outcome: 'paused', text: answering.notice }
    : { outcome: 'silent', reason: answering.reason };
};

const answered = async (
  deps: AnswerCustomerDeps,
  claim: MessageClaim,
  message: CustomerMessage,
  agent: Agent,
): Promise<SettledReply> => {
  const customer = await deps.memory.meet(message, message.identity, message.displayName);
  const lock = await lockOf(deps, customer);
  try {
    // Read under the lock: the message before has been remembered by now.
    const met = await deps.memory.meet(message, message.identity);
    if ((met.withPersonUntil ?? 0) > nowSeconds(deps.clock)) return await overheard(deps, claim, message, met);
    const answer = await askEngine(deps, message, agent, met);
    const { handoff } = answer;
    const reply = { outcome: 'answered' as const, text: plainAnswer(answer), customerId: met.customerId, handoff };
    const { userId, agentId, channel } = message;
    const counted = { userId, agentId, atMs: deps.clock.now(), tally: answerTally(channel, answer) };
    await keep(deps, claim, reply, met, counted);
    await rememberBoth(deps, message, reply);
    return reply;
  } finally {
    await deps.locks.unlock(lock).catch(() => undefined);
  }
};

/** Waits for the customer's other messages. Throws `session-busy` when they take too long. */
const lockOf = async ({ locks, clock, ids, pause }: AnswerCustomerDeps, customer: Customer): Promise<SessionLock> => {
  const key = customerConversation(customer);
  const deadline = clock.now() + LOCK_WAIT_MS;
  for (;;) {
    const now = nowSeconds(clock);
    const lock = { key, token: ids.token(), lockedUntil: now + LOCK_SECONDS };
    if (await locks.lock(lock, now)) return lock;
    if (clock.now() >= deadline) throw beingAnswered();
    await pause(LOCK_PAUSE_MS);
  }
};

const askEngine = async (
  { memory, engineFor }: AnswerCustomerDeps,
  message: CustomerMessage,
  agent: Agent,
  customer: Customer,
): Promise<AgentAnswer> => {
  const known = await memory.contextOf(customer);
  const business = businessOf(agent);
  const live = toldOf(agent.liveContext);
  const context: AgentContext = {
    ...(business === undefined ? {} : { business }),
    ...(live === undefined ? {} : { live }),
    customer: known,
  };
  const engine = await engineFor(agent, message);
  return engine.reply({
    agent,
    channel: message.channel,
    sessionId: `customer-${customer.customerId}`,
    text: wordsOf(message),
    history: historyOf(known.recent),
    context,
  });
};

/** What the customer wrote, and what came with it that nobody can read, in words for the agent. */
export const wordsOf = ({ text, attachments }: Pick<CustomerMessage, 'text' | 'attachments'>): string => {
  const words = clipped(text.toWellFormed().trim(), MAX_TEXT_CHARACTERS);
  if (attachments.length === 0) return words === '' ? '[An empty message]' : words;
  const kinds = [...new Set(attachments)].slice(0, 10).map((kind) => clipped(kind, 40));
  return `${words}\n[Came with it, and you cannot open it: ${kinds.join(', ')}]`.trim();
};

const sourceOf = ({ channel, messageId }: CustomerMessage): string => `${channel}#${messageId}`;

const askedEntry = (message: CustomerMessage) => ({
  channel: message.channel,
  role: 'user' as const,
  text: wordsOf(message),
  atMs: message.sentAtMs,
  sourceId: sourceOf(message),
});

/** Nothing happens for what is remembered already, or for a customer who is gone. */
const rememberBoth = async (
  { memory, clock }: AnswerCustomerDeps,
  message: CustomerMessage,
  { customerId, text, handoff }: Extract<SettledReply, { outcome: 'answered' }>,
): Promise<void> => {
  const asked = askedEntry(message);
  const sourceId = `${asked.sourceId}#reply`;
  const reply = { ...asked, role: 'assistant' as const, text, atMs: clock.now(), sourceId };
  const { userId, agentId } = message;
  await memory.remember({ userId, agentId, customerId }, [asked, reply], handoff?.collected);
};

/** While a person speaks with the customer the agent only listens. */
const overheard = async (
  deps: AnswerCustomerDeps,
  claim: MessageClaim,
  message: CustomerMessage,
  customer: Customer,
): Promise<SettledReply> => {
  const reply: SettledReply = { outcome: 'silent', reason: 'with-a-person' };
  await deps.memory.remember(customer, [askedEntry(message)]);
  return keep(deps, claim, reply, customer);
};
