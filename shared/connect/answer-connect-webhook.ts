import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { refusalOf } from '../agents/answering.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { CustomerMessages } from '../messages/customer-message.ts';
import { MIND_ENV } from '../providers/mind-env.ts';
import { spokenText } from './contact-event.ts';

export const AnswerConnectWebhookEnv = z.object({
  ...MIND_ENV,
  AGENTS_TABLE: text,
  CUSTOMERS_TABLE: text,
  STATISTICS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});

export interface AnswerConnectWebhookDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly messages: CustomerMessages;
  readonly clock: Clock;
}

/**
 * What a contact centre of the tenant's own asks: a customer's words go in, the agent's come out, without marks where they
 * are to be spoken. Whoever does not say who the customer is asks for a new one each time.
 */
export const answerConnectWebhook =
  ({ agents, messages, clock }: AnswerConnectWebhookDeps) =>
  async ({ userId, body, requestId }: RequestOf<'answerConnectWebhook'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, { userId, params: { agentId: body.agent_id } });
    const refusal = refusalOf(agent);
    if (refusal !== undefined && refusal.code !== 'agent-paused') throw refusal;
    const message = {
      userId: agent.userId,
      agentId: agent.agentId,
      channel: body.channel,
      messageId: `webhook:${body.message_id ?? requestId}`,
      identity: identityOf(body.customer, requestId),
      text: body.message,
      attachments: [],
      sentAtMs: clock.now(),
    };
    const reply = await messages.answer(message);
    if (reply.outcome === 'silent') throw problem('with-a-person', 'One of the team is taking care of this customer.');
    if (!reply.wasSent) await messages.markSent(message);
    const isSpoken = body.channel === 'voice';
    return {
      status: 200,
      body: {
        message: isSpoken ? spokenText(reply.text) : reply.text,
        agent_id: agent.agentId,
        channel: body.channel,
        tts_ready: isSpoken,
      },
    };
  };

const identityOf = (customer: RequestOf<'answerConnectWebhook'>['body']['customer'], requestId: string) => {
  if (customer === undefined) return { kind: 'external' as const, value: `request:${requestId}` };
  if ('phone' in customer) return { kind: 'phone' as const, value: customer.phone };
  return { kind: 'external' as const, value: customer.id };
};
