import { apiKeys } from '../../../shared/access/verify-api-key.ts';
import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../../../shared/calls/calls-dynamodb.ts';
import { dynamoControlStore } from '../../../shared/control/control-dynamodb.ts';
import { randomIds } from '../../../shared/kernel/real-dependencies.ts';
import { dynamoWatches } from '../../../shared/live/watches-dynamodb.ts';
import { connectionCache } from '../../../shared/voice/gateway/connection-cache.ts';
import type { GatewayDeps } from '../../../shared/voice/gateway/gateway-dependencies.ts';
import { voiceGateway } from '../../../shared/voice/gateway/voice-gateway.ts';
import type { OwnerSummons } from '../../../shared/voice/keeper/call-owner.ts';
import { type KeeperDeps, sessionKeeper } from '../../../shared/voice/keeper/session-keeper.ts';
import { dynamoConnectionStore, dynamoTicketStore } from '../../../shared/voice/stores/connections-dynamodb.ts';
import { hashOfToken } from '../../../shared/voice/stores/session-keys.ts';
import { dynamoSessionStore } from '../../../shared/voice/stores/sessions-dynamodb.ts';
import { startTables, TABLES } from '../../access/support/tables.ts';

export const AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';

/** The gateway over real tables; connections are lists of what was posted to them. */
export const startGateway = async (lines = 2) => {
  const tables = await startTables();
  const { client } = tables;
  const sessions = dynamoSessionStore({ ...TABLES, VOICE_LINES: lines }, client);
  const calls = dynamoCallStore(TABLES, client);
  const tickets = dynamoTicketStore(TABLES, client);
  const connections = dynamoConnectionStore(TABLES, client);
  const posted = new Map<string, unknown[]>();
  const gone = new Set<string>();
  const summoned: OwnerSummons[] = [];
  const time = { nowMs: Date.UTC(2026, 10, 21, 9) };
  const clock = {
    now: () => time.nowMs,
    pause: async (ms: number) => {
      time.nowMs += ms;
    },
  };
  const owners = { summon: async (summons: OwnerSummons) => void summoned.push(summons) };
  const sockets: GatewayDeps['sockets'] = {
    post: async (id, text) => {
      if (gone.has(id)) return 'gone';
      posted.set(id, [...(posted.get(id) ?? []), JSON.parse(text)]);
      return 'sent';
    },
    close: async (id) => void gone.add(id),
  };
  const watches = dynamoWatches(TABLES, clock, client);
  const control = dynamoControlStore(TABLES, client);
  const deps: GatewayDeps = {
    agents: dynamoAgentStore(TABLES, client),
    apiKeys: apiKeys({
      store: { find: async () => undefined, touch: async () => undefined },
      clock,
      log: () => undefined,
    }),
    tickets,
    connections,
    sessions,
    calls,
    owners,
    operators: { state: { agents: dynamoAgentStore(TABLES, client), calls, control, clock }, watches, sockets },
    sockets,
    cache: connectionCache(),
    policy: { tenantDailyBudgetUsd: 50, recordTtlDays: 30 },
    telephone: undefined,
    clock,
    ids: randomIds,
    log: () => undefined,
    turnedAway: () => undefined,
  };
  const handle = voiceGateway(deps);
  const event = (eventType: string, connectionId: string, more: object = {}) =>
    handle({ requestContext: { eventType, connectionId }, ...more });
  const keeperDeps: KeeperDeps = { sessions, owners, agents: deps.agents, clock, secret: randomIds.secret };
  const connect = async (connectionId: string, userId = 'ann') => {
    const ticket = randomIds.secret();
    const grant = { kind: 'client' as const, userId, agentId: AGENT };
    await tickets.issue(hashOfToken(ticket), grant, time.nowMs + 60_000);
    return event('CONNECT', connectionId, { queryStringParameters: { ticket } });
  };
  return {
    ...tables,
    handle,
    watches,
    control,
    sessions,
    calls,
    tickets,
    deps,
    gone,
    summoned,
    time,
    keeperDeps,
    keeperOf: (summons: OwnerSummons) => sessionKeeper(keeperDeps, summons),
    connect,
    connectOwner: async (connectionId: string, { callId, epoch }: OwnerSummons) => {
      const ticket = randomIds.secret();
      await tickets.issue(hashOfToken(ticket), { kind: 'owner', callId, epoch }, time.nowMs + 30_000);
      return event('CONNECT', connectionId, { queryStringParameters: { owner: ticket } });
    },
    say: (connectionId: string, message: object | string) =>
      event('MESSAGE', connectionId, { body: typeof message === 'string' ? message : JSON.stringify(message) }),
    leave: (connectionId: string) => event('DISCONNECT', connectionId),
    heard: (connectionId: string) => posted.get(connectionId) ?? [],
  };
};

export const START = { type: 'session.start' };
export const FRAME = { type: 'audio', seq: 0, audio: Buffer.alloc(640).toString('base64') };
