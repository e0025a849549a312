import { createHash } from 'node:crypto';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { SocialChannelType } from '../channels/channel.ts';
import { settingsOf } from '../channels/channel-settings.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { CustomerMemory } from '../customers/customer-memory.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { problem } from '../kernel/problems.ts';
import type { CustomerMessage, CustomerMessages, CustomerReply } from '../messages/customer-message.ts';

export interface AnswerElizaWebhookDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly channels: Pick<ChannelStore, 'find'>;
  readonly messages: CustomerMessages;
  readonly memory: Pick<CustomerMemory, 'meet' | 'remember'>;
  readonly clock: Clock;
}

type Request = RequestOf<'answerElizaWebhook'>;

/**
 * A customer's message that a program of the tenant brings, and what the customer is to be sent. It goes the way of all
 * customers' messages: answered once, remembered, by whichever engine the channel has. Where the owner has switched
 * automatic replies off, it is remembered only.
 */
export const answerElizaWebhook =
  (deps: AnswerElizaWebhookDeps) =>
  async (request: Request): Promise<ApiAnswer> => {
    const { userId, body } = request;
    const agent = await requestedAgent(deps, { userId, params: { agentId: body.agent_id } });
    const { agentId } = agent;
    const message = messageOf({ ...request, agentId }, deps.clock.now());
    const { autoReplyEnabled } = await demandChannel(deps, { userId, agentId, channelType: body.platform });
    if (!autoReplyEnabled) return answer(message, null, await remembered(deps, message));
    const reply = await deps.messages.answer(message);
    if (reply.outcome !== 'silent' && !reply.wasSent) await deps.messages.markSent(message);
    return answer(message, wordsOf(reply), reply.outcome === 'answered' || isOverheard(reply));
  };

/** Throws `channel-not-found` where the agent does not answer on this platform. */
const demandChannel = async (
  { channels }: AnswerElizaWebhookDeps,
  key: Pick<CustomerMessage, 'userId' | 'agentId'> & { readonly channelType: SocialChannelType },
) => {
  const channel = await channels.find(key);
  if (channel !== undefined && channel.status !== 'retiring') {
    return settingsOf({ channelType: key.channelType, settings: channel.settings });
  }
  throw problem('channel-not-found', `The agent has no channel ${key.channelType}.`);
};

/**
 * The platform's name of the customer stands for them on that platform alone: nobody has verified a telephone number
 * here.
 */
const messageOf = (
  {
    userId,
    agentId,
    body,
    requestId,
  }: Pick<Request, 'userId' | 'body' | 'requestId'> & Pick<CustomerMessage, 'agentId'>,
  nowMs: number,
): CustomerMessage => ({
  userId,
  agentId,
  channel: body.platform,
  messageId: messageIdOf(body, requestId),
  identity: { kind: body.platform, value: body.user_id },
  text: body.message,
  attachments: [],
  sentAtMs: body.timestamp === undefined ? nowMs : Date.parse(body.timestamp),
});

/** Without an id or a time of its own, no message can be told from another with the same words. */
const messageIdOf = (
  { message_id, platform, user_id, message, timestamp }: Request['body'],
  requestId: string,
): string => {
  if (message_id !== undefined) return `elizaos-${message_id}`;
  if (timestamp === undefined) return `elizaos-request-${requestId}`;
  const told = JSON.stringify([platform, user_id, timestamp, message]);
  return `elizaos-${createHash('sha256').update(told).digest('base64url')}`;
};

const remembered = async ({ memory }: AnswerElizaWebhookDeps, message: CustomerMessage): Promise<true> => {
  const customer = await memory.meet(message, message.identity);
  const { channel, messageId, text: words, sentAtMs: atMs } = message;
  const entry = { channel, role: 'user' as const, text: words, atMs, sourceId: `${channel}#${messageId}` };
  await memory.remember(customer, [entry]);
  return true;
};

const wordsOf = (reply: CustomerReply): string | null => (reply.outcome === 'silent' ? null : reply.text);

const isOverheard = (reply: CustomerReply): boolean => reply.outcome === 'silent' && reply.reason === 'with-a-person';

const answer = ({ agentId, channel }: CustomerMessage, message: string | null, isUpdated: boolean): ApiAnswer => ({
  status: 200,
  body: { message, agent_id: agentId, channel, context_updated: isUpdated },
});
