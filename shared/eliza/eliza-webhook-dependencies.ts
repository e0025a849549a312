import type * as z from 'zod';
import { dynamoChannelFinder } from '../channels/channels-dynamodb.ts';
import { answerCustomer } from '../messages/answer-customer.ts';
import { customerMessagesDependencies } from '../messages/customer-message-dependencies.ts';
import type { AnswerElizaWebhookDeps } from './answer-eliza-webhook.ts';
import { replyEngineOf } from './eliza-dependencies.ts';
import type { AnswerElizaWebhookEnv } from './eliza-env.ts';

/** What answering programs of tenants needs. */
export const answerElizaWebhookDependencies = (env: z.output<typeof AnswerElizaWebhookEnv>): AnswerElizaWebhookDeps => {
  const engine = replyEngineOf(env);
  const deps = customerMessagesDependencies(env, () => engine);
  return {
    agents: deps.agents,
    channels: dynamoChannelFinder(env),
    messages: answerCustomer(deps),
    memory: deps.memory,
    clock: deps.clock,
  };
};
