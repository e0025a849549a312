import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { customerMemoryOf } from '../customers/customer-dependencies.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { agentMindsOf } from '../providers/agent-mind-dependencies.ts';
import { agentCoreRuntimes } from './agent-runtime-agentcore.ts';
import { dynamoConversationStore } from './conversations-dynamodb.ts';
import type { SendMessageDeps, SendMessageEnv } from './send-message.ts';

/** What asking an agent needs. */
export const messageDependencies = (env: z.output<typeof SendMessageEnv>): SendMessageDeps => ({
  agents: dynamoAgentStore(env),
  conversations: dynamoConversationStore(env),
  memory: customerMemoryOf(env),
  runtimes: agentCoreRuntimes(),
  minds: agentMindsOf(env),
  conversationTtlDays: env.CONVERSATION_TTL_DAYS,
  clock: systemClock,
  ids: randomIds,
});
