import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { waitingCallTelling } from '../live/call-telling.ts';
import { dynamoCallOpenings } from '../voice/stores/call-openings-dynamodb.ts';
import { dynamoTicketStore } from '../voice/stores/connections-dynamodb.ts';
import { directCalls } from '../voice/stores/direct-calls.ts';
import type { CallPolicy } from '../voice/stores/draft-call.ts';
import type { CreateVoiceTicketDeps, CreateVoiceTicketEnv } from './create-voice-ticket.ts';
import { agentCoreAddresses } from './runtime-addresses-agentcore.ts';
import { voiceTickets } from './voice-tickets.ts';

/** What issuing tickets needs. */
export const voiceTicketDependencies = (env: z.output<typeof CreateVoiceTicketEnv>): CreateVoiceTicketDeps => ({
  agents: dynamoAgentStore(env),
  tickets: voiceTickets(dynamoTicketStore(env)),
  directCalls: directCalls({ sessions: waitingCallTelling(env).toldOpenings(dynamoCallOpenings(env)) }, policyOf(env)),
  addresses: agentCoreAddresses(),
  webSocketUrl: env.PUBLIC_WEBSOCKET_URL,
  clock: systemClock,
  ids: randomIds,
});

const policyOf = (env: z.output<typeof CreateVoiceTicketEnv>): CallPolicy => ({
  tenantDailyBudgetUsd: env.VOICE_TENANT_DAILY_BUDGET_USD,
  recordTtlDays: env.CONVERSATION_TTL_DAYS,
});
