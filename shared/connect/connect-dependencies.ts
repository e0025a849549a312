import { setTimeout } from 'node:timers/promises';
import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { dynamoChannelStore } from '../channels/channels-dynamodb.ts';
import { customerMemoryOf } from '../customers/customer-dependencies.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { agentCoreRuntimes } from '../messages/agent-runtime-agentcore.ts';
import { answerCustomer } from '../messages/answer-customer.ts';
import {
  type CustomerMessagesSettings,
  customerMessagesDependencies,
} from '../messages/customer-message-dependencies.ts';
import { agentCoreReplyEngine } from '../messages/reply-engine-agentcore.ts';
import { agentMindsOf } from '../providers/agent-mind-dependencies.ts';
import { sqsMessageQueue } from '../social/message-queue-sqs.ts';
import type { AnswerConnectWebhookDeps, AnswerConnectWebhookEnv } from './answer-connect-webhook.ts';
import type { AnswerContactDeps, AnswerContactEnv } from './answer-contact.ts';
import type { AnswerContactTurnDeps, AnswerContactTurnEnv } from './answer-contact-turn.ts';
import { connectChats } from './chats-connect.ts';
import { lambdaContactTurns } from './contact-turns-lambda.ts';
import { dynamoContactStore } from './contacts-dynamodb.ts';
import { openChat } from './open-chat.ts';

/** What a flow's function needs. */
export const answerContactDependencies = (env: z.output<typeof AnswerContactEnv>): AnswerContactDeps => ({
  channels: dynamoChannelStore(env),
  agents: dynamoAgentStore(env),
  turns: lambdaContactTurns(env),
  openChat: openChat({
    chats: connectChats(env),
    contacts: dynamoContactStore(env),
    queue: sqsMessageQueue(env),
    clock: systemClock,
  }),
  clock: systemClock,
  pause: (ms) => setTimeout(ms),
});

/** What a turn of a contact needs. */
export const answerContactTurnDependencies = (env: z.output<typeof AnswerContactTurnEnv>): AnswerContactTurnDeps => ({
  messages: messagesOf(env),
  memory: customerMemoryOf(env),
  apiUrl: env.PUBLIC_API_URL,
});

/** What the webhook of contact centres needs. */
export const answerConnectWebhookDependencies = (
  env: z.output<typeof AnswerConnectWebhookEnv>,
): AnswerConnectWebhookDeps => ({ agents: dynamoAgentStore(env), messages: messagesOf(env), clock: systemClock });

/** Speech has no ElizaOS: its agents speak with the words of their own runtime. */
const messagesOf = (env: CustomerMessagesSettings) => {
  const engine = agentCoreReplyEngine({ runtimes: agentCoreRuntimes(), minds: agentMindsOf(env) });
  return answerCustomer(customerMessagesDependencies(env, () => engine));
};
