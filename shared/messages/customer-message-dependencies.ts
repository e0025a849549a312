import { setTimeout } from 'node:timers/promises';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { customerMemoryOf } from '../customers/customer-dependencies.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import type { MindEnv } from '../providers/mind-env.ts';
import type { AnswerCustomerDeps } from './answer-customer.ts';
import { dynamoConversationStore } from './conversations-dynamodb.ts';
import { dynamoMessageClaims } from './message-claims-dynamodb.ts';

/** Of every function that answers customers. */
export interface CustomerMessagesSettings extends MindEnv {
  readonly AGENTS_TABLE: string;
  readonly CUSTOMERS_TABLE: string;
  readonly CONVERSATIONS_TABLE: string;
  readonly STATISTICS_TABLE: string;
  readonly CONVERSATION_TTL_DAYS: number;
}

/** What answering customers needs, but for who finds the words. */
export const customerMessagesDependencies = (
  env: CustomerMessagesSettings,
  engineFor: AnswerCustomerDeps['engineFor'],
): AnswerCustomerDeps => ({
  agents: dynamoAgentStore(env),
  memory: customerMemoryOf(env),
  claims: dynamoMessageClaims(env),
  locks: dynamoConversationStore(env),
  engineFor,
  clock: systemClock,
  ids: randomIds,
  pause: (ms) => setTimeout(ms),
});
