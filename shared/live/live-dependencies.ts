import type * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { apiGatewayConnections } from '../voice/relay/connections-apigateway.ts';
import { dynamoTicketStore } from '../voice/stores/connections-dynamodb.ts';
import type { SessionStore } from '../voice/stores/session-store.ts';
import { type AgentFeedDeps, toldAgents } from './agent-feed.ts';
import { behind } from './behind.ts';
import { type CallFeed, callFeed } from './call-feed.ts';
import type { CreateOperatorTicketDeps, CreateOperatorTicketEnv } from './create-operator-ticket.ts';
import { type FanOut, fanOut } from './fan-out.ts';
import type { FeedEnv } from './feed-env.ts';
import type { OperatorDeps } from './receive-from-operator.ts';
import { toldSessions } from './told-sessions.ts';
import { dynamoWatches } from './watches-dynamodb.ts';

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
  state: { agents: dynamoAgentStore(env), calls: dynamoCallStore(env), clock: systemClock },
  watches: dynamoWatches(env, systemClock),
  sockets: apiGatewayConnections(env.WEBSOCKET_URL),
});

/** Longest that telling operators may hold a function up: what takes longer is told while the function lives, or never. */
const TELL_WITHIN_MS = 1500;

const within = async (work: Promise<void>): Promise<void> => {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, TELL_WITHIN_MS);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
};

const tellingOf = (env: FeedEnv): { readonly watches: AgentFeedDeps['watches']; readonly fanOut: FanOut } => ({
  watches: dynamoWatches(env, systemClock),
  fanOut: fanOut({ sockets: apiGatewayConnections(env.WEBSOCKET_URL), log: jsonLog }),
});

/** Agents whose writes operators hear of. */
export const toldAgentStore = (env: FeedEnv & { readonly AGENTS_TABLE: string }): AgentStore =>
  toldAgents(dynamoAgentStore(env), { ...tellingOf(env), within, log: jsonLog });

/** How a function that keeps calls tells operators of them. */
export interface CallTelling {
  readonly feed: CallFeed;
  /** Resolves when everybody was told, or could not be in time. */
  readonly settle: () => Promise<void>;
  /** The store of calls under way, telling of its writes. */
  readonly told: (sessions: SessionStore) => SessionStore;
}

type CallFeedEnv = FeedEnv & { readonly CALLS_TABLE: string };

/** Of a function that is frozen between two requests: a write is over when operators were told. */
export const waitingCallTelling = (env: CallFeedEnv): CallTelling => {
  const { feed, idle } = callFeedOf(env);
  const settle = () => within(idle());
  const tell = async (work: () => Promise<void>): Promise<void> => {
    await work();
    await settle();
  };
  return { feed, settle, told: (sessions) => toldSessions({ sessions, feed, tell }) };
};

/** Of an owner of calls, which lives as long as they do: nobody waits. */
export const behindCallTelling = (env: CallFeedEnv): CallTelling => {
  const { feed, idle } = callFeedOf(env);
  const queue = behind();
  const settle = () => within(queue.idle().then(idle));
  return { feed, settle, told: (sessions) => toldSessions({ sessions, feed, tell: queue.tell }) };
};

const callFeedOf = (env: CallFeedEnv): { readonly feed: CallFeed; readonly idle: () => Promise<void> } => {
  const watches = dynamoWatches(env, systemClock);
  const sockets = apiGatewayConnections(env.WEBSOCKET_URL);
  const lines = fanOut({ sockets, log: jsonLog });
  const feed = callFeed({ watches, calls: dynamoCallStore(env), fanOut: lines, clock: systemClock, log: jsonLog });
  return { feed, idle: lines.idle };
};
