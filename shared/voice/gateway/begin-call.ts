import { refusalOf } from '../../agents/answering.ts';
import { CallId } from '../../calls/call.ts';
import { LINE_MS } from '../keeper/session-keeper.ts';
import type { ClientMessage } from '../protocol/messages.ts';
import { type CallDraft, draftCall } from '../stores/draft-call.ts';
import type { ConnectionPeer, VoiceSession } from '../stores/voice-session.ts';
import { agentKeyOf, speakingRuntime } from './authorize-connection.ts';
import type { KnownConnection } from './connection-cache.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import {
  AGENT_NOT_READY,
  ALREADY_STARTED,
  BUDGET_SPENT,
  dismiss,
  LINES_BUSY,
  NO_AGENT,
  NO_OWNER,
  refusedBy,
  tell,
} from './speak-to-client.ts';

export type SessionStart = Extract<ClientMessage, { type: 'session.start' }>;
type Client = Extract<ConnectionPeer, { kind: 'client' }>;

/**
 * Takes a line for a caller and calls an owner; or gives a place in the queue, which the caller keeps by pinging (each
 * ping asks for a line again; the place is lost after `LINE_MS` without one); or says that all lines are busy.
 */
export const beginCall = async (
  deps: GatewayDeps,
  known: KnownConnection,
  peer: Client,
  start: SessionStart,
): Promise<void> => {
  const { connectionId, waiting } = known.connection;
  const agent = await deps.agents.find(agentKeyOf(peer));
  if (agent === undefined) return dismiss(deps, connectionId, NO_AGENT);
  const runtime = speakingRuntime(agent);
  if (runtime === undefined) return dismiss(deps, connectionId, AGENT_NOT_READY);
  const refusal = refusalOf(agent);
  if (refusal !== undefined) return dismiss(deps, connectionId, refusedBy(refusal));
  const nowMs = deps.clock.now();
  const callId = waiting?.callId ?? CallId.parse(deps.ids.inOrder());
  const ownerToken = deps.ids.secret();
  const parties = { callId, agent, runtime, channel: 'browser', direction: 'inbound', transport: 'relay' } as const;
  const wishes = {
    ...(start.contextOverride === undefined ? {} : { contextOverride: start.contextOverride }),
    ...(peer.keyId === undefined ? {} : { keyId: peer.keyId }),
    ...(peer.customerRef === undefined ? {} : { customerRef: peer.customerRef }),
  };
  const draft: CallDraft = { ...parties, ...wishes, ownerToken, clientConnectionId: connectionId, nowMs };
  const { call, session } = draftCall(draft, deps.policy);
  if ((await deps.sessions.spentToday(peer.userId, nowMs)) >= session.limits.tenantDailyBudgetMicroUsd) {
    return dismiss(deps, connectionId, BUDGET_SPENT);
  }
  const rows = { call, session: { ...session, client: clientOf(session, start) } };
  const opened = await deps.sessions.open({
    ...rows,
    lineUntilMs: nowMs + LINE_MS,
    nowMs,
    connectionId,
    mayWait: true,
  });
  if (opened.opened) return summon(deps, known, rows.session, ownerToken);
  if (opened.reason === 'taken') return tell(deps, connectionId, ALREADY_STARTED);
  return queue(deps, known, { callId, start, position: opened.position });
};

const clientOf = ({ settings }: VoiceSession, start: SessionStart): NonNullable<VoiceSession['client']> => ({
  inputSampleRateHertz: start.inputSampleRateHertz,
  outputSampleRateHertz: start.outputSampleRateHertz,
  voice: start.voice ?? settings.voice,
  language: start.language ?? settings.language,
  recordingConsent: start.recordingConsent,
});

const summon = async (
  deps: GatewayDeps,
  known: KnownConnection,
  session: VoiceSession,
  ownerToken: string,
): Promise<void> => {
  const { waiting: _waiting, ...connection } = known.connection;
  const { callId, userId, epoch } = session;
  known.connection = { ...connection, callId };
  try {
    await deps.owners.summon({ callId, epoch, ownerToken });
  } catch (error) {
    deps.log('voice.owner.not-called', { callId }, error);
    const failure = 'Nobody could be found to take the call.';
    await deps.sessions.abandon({ callId, userId }, { reason: 'failed', failure, nowMs: deps.clock.now() });
    await dismiss(deps, connection.connectionId, NO_OWNER);
  }
};

const queue = async (
  deps: GatewayDeps,
  known: KnownConnection,
  {
    callId,
    start,
    position,
  }: { readonly callId: CallId; readonly start: SessionStart; readonly position: number | undefined },
): Promise<void> => {
  const { connectionId, waiting, peer } = known.connection;
  if (waiting === undefined && peer.kind === 'client') {
    deps.turnedAway();
    deps.log('voice.call.turned-away', { userId: peer.userId, queued: position !== undefined });
  }
  if (position === undefined) return dismiss(deps, connectionId, LINES_BUSY);
  if (waiting === undefined) {
    const place = { callId, start };
    await deps.connections.change(connectionId, { waiting: place });
    known.connection = { ...known.connection, waiting: place };
  }
  await tell(deps, connectionId, { type: 'session.queued', position });
};
