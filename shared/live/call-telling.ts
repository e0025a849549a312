import { dynamoAgentReader } from '../agents/agent-reader-dynamodb.ts';
import type { CallStore } from '../calls/call-store.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { dynamoController } from '../control/controller-dynamodb.ts';
import { AgentId, UserId } from '../kernel/ids.ts';
import { jsonLog } from '../kernel/log.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { apiGatewayConnections } from '../voice/relay/connections-apigateway.ts';
import type { SessionStore } from '../voice/stores/session-store.ts';
import { behind } from './behind.ts';
import { type CallFeed, type CallFeedDeps, callFeed } from './call-feed.ts';
import { fanOut } from './fan-out.ts';
import type { FeedEnv } from './feed-env.ts';
import { toldCalls } from './told-calls.ts';
import { toldOpenings, toldSessions } from './told-sessions.ts';
import { dynamoWatches } from './watches-dynamodb.ts';
import { within } from './within.ts';

/** How a function that keeps calls tells operators of them. */
export interface CallTelling {
  readonly feed: CallFeed;
  /** Resolves when everybody was told, or could not be in time. */
  readonly settle: () => Promise<void>;
  /** The store of calls under way, telling of its writes. */
  readonly told: (sessions: SessionStore) => SessionStore;
  /** As much of it as begins calls. */
  readonly toldOpenings: <Store extends Pick<SessionStore, 'open' | 'find' | 'abandon'>>(sessions: Store) => Store;
  /** The store of all calls, the same. */
  readonly toldCalls: <Store extends Pick<CallStore, 'insert' | 'transition'>>(calls: Store) => Store;
}

/** Who tells of calls that no session knows yet asks the agent for its name. */
type CallFeedEnv = FeedEnv & { readonly CALLS_TABLE: string; readonly AGENTS_TABLE?: string };

/** Of a function that is frozen between two requests: a write is over when operators were told. */
export const waitingCallTelling = (env: CallFeedEnv): CallTelling => {
  const { feed, idle } = callFeedOf(env);
  const settle = () => within(idle());
  const tell = async (work: () => Promise<void>): Promise<void> => {
    await work();
    await settle();
  };
  return tellingBy({ feed, settle }, tell);
};

/** Of an owner of calls, which lives as long as they do: nobody waits. */
export const behindCallTelling = (env: CallFeedEnv): CallTelling => {
  const { feed, idle } = callFeedOf(env);
  const queue = behind();
  const settle = () => within(queue.idle().then(idle));
  return tellingBy({ feed, settle }, queue.tell);
};

const tellingBy = (
  { feed, settle }: Pick<CallTelling, 'feed' | 'settle'>,
  tell: (work: () => Promise<void>) => Promise<void>,
): CallTelling => ({
  feed,
  settle,
  told: (sessions) => toldSessions({ sessions, feed, tell }),
  toldOpenings: (sessions) => toldOpenings({ sessions, feed, tell }),
  toldCalls: (calls) => toldCalls({ calls, feed, tell }),
});

const callFeedOf = (env: CallFeedEnv): { readonly feed: CallFeed; readonly idle: () => Promise<void> } => {
  const watches = dynamoWatches(env, systemClock);
  const sockets = apiGatewayConnections(env.WEBSOCKET_URL);
  const lines = fanOut({ sockets, log: jsonLog });
  const feed = callFeed({
    watches,
    calls: dynamoCallStore(env),
    control: dynamoController(env),
    agentName: agentNameBy(env),
    fanOut: lines,
    clock: systemClock,
    log: jsonLog,
  });
  return { feed, idle: lines.idle };
};

const agentNameBy = ({ AGENTS_TABLE }: CallFeedEnv): CallFeedDeps['agentName'] => {
  if (AGENTS_TABLE === undefined) return () => Promise.resolve(undefined);
  const agents = dynamoAgentReader({ AGENTS_TABLE });
  return async ({ userId, agentId }) =>
    (await agents.find({ userId: UserId.parse(userId), agentId: AgentId.parse(agentId) }))?.agentName;
};
