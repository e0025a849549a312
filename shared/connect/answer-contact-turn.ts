import * as z from 'zod';
import { CHANNEL_TYPES, CONNECT_CHANNELS } from '../channels/channel.ts';
import type { CustomerMemory } from '../customers/customer-memory.ts';
import { text } from '../kernel/env.ts';
import { AgentId, UserId } from '../kernel/ids.ts';
import { ProblemError } from '../kernel/problems.ts';
import type { CustomerMessage, CustomerMessages, CustomerReply } from '../messages/customer-message.ts';
import { MIND_ENV } from '../providers/mind-env.ts';
import type { ContactTurnAnswer } from './contact-turns.ts';
import { handoffAttributes } from './handoff.ts';

export const AnswerContactTurnEnv = z.object({
  ...MIND_ENV,
  AGENTS_TABLE: text,
  CUSTOMERS_TABLE: text,
  STATISTICS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
  PUBLIC_API_URL: text,
});

export interface AnswerContactTurnDeps {
  readonly messages: CustomerMessages;
  readonly memory: Pick<CustomerMemory, 'meet' | 'contextOf'>;
  readonly apiUrl: string;
}

const Agent = z.object({ userId: UserId, agentId: AgentId });
const Identity = z.object({ kind: z.enum(['phone', 'chat']), value: z.string().min(1).max(256) });
const TurnRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ask'),
    message: z.object({
      ...Agent.shape,
      channel: z.enum(CHANNEL_TYPES),
      messageId: z.string().min(1).max(512),
      identity: Identity,
      text: z.string(),
      attachments: z.array(z.string()),
      sentAtMs: z.number(),
    }),
  }),
  z.object({ kind: z.literal('person'), agent: Agent, channel: z.enum(CONNECT_CHANNELS), identity: Identity }),
]);

const GONE = 'I am sorry, nobody can answer you here at the moment. Goodbye.';
const WITH_A_PERSON = 'One of our team is taking care of you already. Let me connect you.';

/**
 * One turn of a contact of Amazon Connect, however long it takes; invoked by `answer-contact`, which gives the flow
 * something to say meanwhile. The same turn again gets the same words.
 */
export const answerContactTurn =
  (deps: AnswerContactTurnDeps) =>
  async (event: unknown): Promise<ContactTurnAnswer> => {
    const request = TurnRequest.parse(event);
    if (request.kind === 'person') return toPerson(deps, request.agent, request.channel, request.identity, '', null);
    try {
      return await answerOf(deps, request.message, await deps.messages.answer(request.message));
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'session-busy') return { outcome: 'busy' };
      throw error;
    }
  };

const answerOf = async (
  deps: AnswerContactTurnDeps,
  message: CustomerMessage,
  reply: CustomerReply,
): Promise<ContactTurnAnswer> => {
  if (reply.outcome === 'silent') {
    if (reply.reason !== 'with-a-person') return { outcome: 'end', text: GONE };
    return toPerson(deps, message, message.channel, message.identity, WITH_A_PERSON, null);
  }
  // The flow asks for the same turn until it has heard the answer: from here on it gets these words at once.
  if (!reply.wasSent) await deps.messages.markSent(message);
  if (reply.outcome === 'paused') return { outcome: 'end', text: reply.text };
  if (reply.handoff === null) return { outcome: 'answered', text: reply.text };
  return toPerson(deps, message, message.channel, message.identity, reply.text, reply.handoff);
};

const toPerson = async (
  { memory, apiUrl }: AnswerContactTurnDeps,
  agent: Pick<CustomerMessage, 'userId' | 'agentId'>,
  channel: CustomerMessage['channel'],
  identity: CustomerMessage['identity'],
  text: string,
  handoff: Extract<CustomerReply, { outcome: 'answered' }>['handoff'],
): Promise<ContactTurnAnswer> => {
  const customer = await memory.meet(agent, identity);
  const { customerId } = customer;
  const known = await memory.contextOf(customer);
  const attributes = handoffAttributes({
    agentId: agent.agentId,
    channel,
    customerId,
    handoff,
    customer: known,
    apiUrl,
  });
  return { outcome: 'person', text, attributes };
};
