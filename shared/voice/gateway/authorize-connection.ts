import type { Agent } from '../../agents/agent.ts';
import { standingOf } from '../../agents/answering.ts';
import { AgentId, UserId } from '../../kernel/ids.ts';
import { ProblemError } from '../../kernel/problems.ts';
import { isSignedByTwilio } from '../../telephony/twilio-signature.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { ConnectionPeer } from '../stores/voice-session.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import { headerOf, type SocketEvent } from './socket-event.ts';

type Client = Extract<ConnectionPeer, { kind: 'client' }>;

/** Who may come in, or the status the handshake ends with: 401, 403, 404 or 409. */
export type Authorized = { readonly peer: ConnectionPeer } | { readonly status: number };

/** One of four credentials: key of an agent, ticket (of a caller or an operator), owner's ticket, or the telephone provider's signature. */
export const authorizeConnection = async (deps: GatewayDeps, event: SocketEvent): Promise<Authorized> => {
  const { ticket, owner } = event.queryStringParameters ?? {};
  const key = headerOf(event, 'x-api-key');
  const signature = headerOf(event, 'x-twilio-signature');
  if (key !== undefined) return byKey(deps, key);
  if (ticket !== undefined) return byTicket(deps, ticket);
  if (owner !== undefined) return byOwner(deps, owner);
  if (signature !== undefined) return bySignature(deps, signature);
  return UNKNOWN;
};

const UNKNOWN = { status: 401 } as const;

const byKey = async (deps: GatewayDeps, key: string): Promise<Authorized> => {
  const holder = await deps.apiKeys.verify(key);
  if (holder === undefined) return UNKNOWN;
  if (!holder.scopes.includes('agents:talk')) return { status: 403 };
  const { userId, agentId, keyId } = holder;
  return toAgent(deps, { kind: 'client', userId, agentId, keyId });
};

const byTicket = async (deps: GatewayDeps, ticket: string): Promise<Authorized> => {
  const grant = await deps.tickets.redeem(hashOfToken(ticket), deps.clock.now());
  if (grant?.kind === 'operator') return { peer: grant };
  return grant?.kind === 'client' ? toAgent(deps, grant) : UNKNOWN;
};

const byOwner = async (deps: GatewayDeps, ticket: string): Promise<Authorized> => {
  const grant = await deps.tickets.redeem(hashOfToken(ticket), deps.clock.now());
  return grant?.kind === 'owner' ? { peer: grant } : UNKNOWN;
};

/** Signed is the address Twilio was given, not what the handshake claims; a slash at its end is the same address to some clients of HTTP. */
const bySignature = async ({ telephone }: GatewayDeps, signature: string): Promise<Authorized> => {
  if (telephone === undefined) return UNKNOWN;
  const authToken = await telephone.authToken().catch(unlessUnconfigured);
  if (authToken === undefined) return UNKNOWN;
  const address = telephone.publicUrl.replace(/\/$/, '');
  const isSigned = [address, `${address}/`].some((url) => isSignedByTwilio(authToken, signature, url));
  return isSigned ? { peer: { kind: 'phone' } } : UNKNOWN;
};

/** A stage whose telephone account nobody has entered yet knows no signature. */
const unlessUnconfigured = (error: unknown): undefined => {
  if (error instanceof ProblemError && error.code === 'telephony-not-configured') return undefined;
  throw error;
};

const toAgent = async ({ agents }: GatewayDeps, peer: Client): Promise<Authorized> => {
  const agent = await agents.find(agentKeyOf(peer));
  if (agent === undefined) return { status: 404 };
  // Whoever calls a paused agent is let in to be told its notice.
  const isStopped = standingOf(agent) === 'stopped';
  return speakingRuntime(agent) === undefined || isStopped ? { status: 409 } : { peer };
};

export const agentKeyOf = ({ userId, agentId }: Pick<Client, 'userId' | 'agentId'>) => ({
  userId: UserId.parse(userId),
  agentId: AgentId.parse(agentId),
});

/** The runtime of an agent that can be called: it has a version that serves, and a voice. */
export const speakingRuntime = ({ agentType, status, activeVersion, runtime }: Agent): Agent['runtime'] =>
  agentType === 'text' || status === 'deleting' || activeVersion === undefined ? undefined : runtime;
