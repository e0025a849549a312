import type * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { dynamoController } from '../control/controller-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { apiGatewayConnections } from '../voice/relay/connections-apigateway.ts';
import { dynamoTicketStore } from '../voice/stores/connections-dynamodb.ts';
import { type AgentFeedDeps, toldAgents } from './agent-feed.ts';
import type { CreateOperatorTicketDeps, CreateOperatorTicketEnv } from './create-operator-ticket.ts';
import { type FanOut, fanOut } from './fan-out.ts';
import type { FeedEnv } from './feed-env.ts';
import type { OperatorDeps } from './receive-from-operator.ts';
import { dynamoWatches } from './watches-dynamodb.ts';
import { within } from './within.ts';

export const operatorTicketDependencies = (
  env: z.output<typeof CreateOperatorTicketEnv>,
): CreateOperatorTicketDeps => ({
  tickets: dynamoTicketStore(env),
  webSocketUrl: env.WEBSOCKET_URL,
  clock: systemClock,
  ids: randomIds,
});

/** What the gateway answers operators from. */
export const operatorDependencies = (
  env: FeedEnv & { readonly AGENTS_TABLE: string; readonly CALLS_TABLE: string; readonly CONVERSATIONS_TABLE: string },
): OperatorDeps => ({
  state: {
    agents: dynamoAgentStore(env),
    calls: dynamoCallStore(env),
    control: dynamoController(env),
    clock: systemClock,
  },
  watches: dynamoWatches(env, systemClock),
  sockets: apiGatewayConnections(env.WEBSOCKET_URL),
});

const tellingOf = (env: FeedEnv): { readonly watches: AgentFeedDeps['watches']; readonly fanOut: FanOut } => ({
  watches: dynamoWatches(env, systemClock),
  fanOut: fanOut({ sockets: apiGatewayConnections(env.WEBSOCKET_URL), log: jsonLog }),
});

/** Agents whose writes operators hear of. */
export const toldAgentStore = (env: FeedEnv & { readonly AGENTS_TABLE: string }): AgentStore =>
  toldAgents(dynamoAgentStore(env), { ...tellingOf(env), within, log: jsonLog });
