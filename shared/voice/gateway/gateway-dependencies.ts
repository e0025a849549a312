import type { ApiKeys } from '../../access/verify-api-key.ts';
import type { AgentStore } from '../../agents/agent-store.ts';
import type { CallStore } from '../../calls/call-store.ts';
import type { Log } from '../../kernel/log.ts';
import type { Ids } from '../../kernel/real-dependencies.ts';
import type { OperatorDeps } from '../../live/receive-from-operator.ts';
import type { OwnerSummoner } from '../keeper/call-owner.ts';
import type { SocketConnections } from '../relay/connections-apigateway.ts';
import type { CallPolicy } from '../stores/draft-call.ts';
import type { ConnectionStore, SessionStore, TicketStore } from '../stores/session-store.ts';
import type { ConnectionCache } from './connection-cache.ts';

export interface GatewayDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly apiKeys: ApiKeys;
  readonly tickets: Pick<TicketStore, 'redeem'>;
  readonly connections: ConnectionStore;
  readonly sessions: Pick<
    SessionStore,
    'open' | 'find' | 'callOwner' | 'spentToday' | 'abandon' | 'attachOwner' | 'detachOwner' | 'attachClient'
  >;
  readonly calls: Pick<CallStore, 'transition'>;
  readonly owners: OwnerSummoner;
  /** What people who watch are answered from. */
  readonly operators: OperatorDeps;
  readonly sockets: SocketConnections;
  readonly cache: ConnectionCache;
  readonly policy: CallPolicy;
  /** Key of the telephone provider's signatures; absent where the stage has none. */
  readonly telephone: { readonly authToken: () => Promise<string>; readonly publicUrl: string } | undefined;
  readonly clock: { readonly now: () => number; readonly pause: (ms: number) => Promise<unknown> };
  readonly ids: Pick<Ids, 'inOrder' | 'secret'>;
  readonly log: Log;
  /** Counts callers who found no line, as a metric. */
  readonly turnedAway: () => void;
}
