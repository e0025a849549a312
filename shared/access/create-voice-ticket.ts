import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { answeringRuntime } from '../agents/answering.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { CallId } from '../calls/call.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { callNotFound, problem, raise } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import { directObstacle } from '../voice/settings/direct-obstacle.ts';
import { voiceSettingsOf } from '../voice/settings/voice-settings-of.ts';
import type { DirectCalls, RuntimeAddresses } from './direct-calls.ts';
import type { VoiceTicketView } from './voice-ticket-schemas.ts';
import { TICKET_LIFETIME_MS, type VoiceTickets } from './voice-tickets.ts';

export const CreateVoiceTicketEnv = z.object({
  AGENTS_TABLE: text,
  VOICE_SESSIONS_TABLE: text,
  CALLS_TABLE: text,
  /** Where operators are told that the call begins. */
  WEBSOCKET_URL: text,
  /** The same as callers from outside reach it. */
  PUBLIC_WEBSOCKET_URL: text,
  VOICE_LINES: z.coerce.number<string>().int().positive(),
  VOICE_TENANT_DAILY_BUDGET_USD: z.coerce.number<string>().positive(),
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});

export interface CreateVoiceTicketDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly tickets: Pick<VoiceTickets, 'issue'>;
  readonly directCalls: DirectCalls;
  readonly addresses: RuntimeAddresses;
  /** `wss://…/live`. */
  readonly webSocketUrl: string;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder' | 'secret'>;
}

/** A line that is busy may be free in a moment; calls last minutes. */
const BUSY_RETRY_SECONDS = 10;

type Ticket = z.output<typeof VoiceTicketView>;

/** A way in for one call. A relayed call reserves its line when it begins, a direct one here: nothing of ours stands in its way later. */
export const createVoiceTicket =
  (deps: CreateVoiceTicketDeps) =>
  async (request: RequestOf<'createVoiceTicket'>): Promise<ApiAnswer> => {
    const { agentId, transport, callId, customerRef } = request.body;
    const { userId, keyId } = request;
    if (callId !== undefined) return { status: 201, body: await sameAddress(deps, { callId, userId, agentId, keyId }) };
    const agent = await requestedAgent(deps, { userId, params: { agentId } });
    const runtime = speakingRuntime(agent);
    const issue: Issue = { ticket: deps.ids.secret(), nowMs: deps.clock.now() };
    const body =
      transport === 'relay'
        ? await relayTicket(deps, issue, agent, { keyId, customerRef })
        : await directTicket(deps, issue, { agent, runtime, keyId, customerRef });
    return { status: 201, body };
  };

interface Issue {
  readonly ticket: string;
  readonly nowMs: number;
}

interface Asker {
  readonly keyId: string | undefined;
  readonly customerRef: string | undefined;
}

interface Asking extends Asker {
  readonly agent: Agent;
  readonly runtime: NonNullable<Agent['runtime']>;
}

const definedOf = ({ keyId, customerRef }: Asker) => ({
  ...(keyId === undefined ? {} : { keyId }),
  ...(customerRef === undefined ? {} : { customerRef }),
});

const LIFETIME_SECONDS = TICKET_LIFETIME_MS / 1000;
const untilMs = ({ nowMs }: Issue): number => nowMs + TICKET_LIFETIME_MS;
const shown = (issue: Issue) => ({ ticket: issue.ticket, expiresAt: Math.floor(untilMs(issue) / 1000) });

/** A version that serves answers calls, also while the next one is built. */
const speakingRuntime = (agent: Agent): NonNullable<Agent['runtime']> => {
  const { agentType } = agent;
  if (agentType === 'text') throw problem('agent-has-no-voice', 'Change its type to "voice" or "both" to talk to it.');
  return answeringRuntime(agent);
};

const relayTicket = async (
  { tickets, webSocketUrl }: CreateVoiceTicketDeps,
  issue: Issue,
  { userId, agentId }: Agent,
  asker: Asker,
): Promise<Ticket> => {
  const holder = { userId, agentId, ...definedOf(asker) };
  await tickets.issue(issue.ticket, holder, untilMs(issue));
  return { ...shown(issue), webSocketUrl: `${webSocketUrl}?ticket=${issue.ticket}`, transport: 'relay' };
};

const directTicket = async (
  { directCalls, addresses, ids }: CreateVoiceTicketDeps,
  issue: Issue,
  { agent, runtime: { agentRuntimeArn, endpointName }, ...asker }: Asking,
): Promise<Ticket> => {
  const obstacle = directObstacle(voiceSettingsOf(agent));
  if (obstacle !== undefined) throw problem('direct-not-offered', `${obstacle} Use the relay.`);
  const callId = CallId.parse(ids.inOrder());
  const { ticket, nowMs } = issue;
  const call = { callId, agent, ownerToken: ticket, nowMs, connectUntilMs: untilMs(issue) };
  const opened = await directCalls.open({ ...call, ...definedOf(asker) });
  if (!opened) throw problem('lines-busy', 'Try again in a moment.', { retryAfterSeconds: BUSY_RETRY_SECONDS });
  const session = { agentRuntimeArn, endpointName, sessionId: callId };
  const webSocketUrl = await addresses.sign({ ...session, lifetimeSeconds: LIFETIME_SECONDS, nowMs });
  return { ...shown(issue), webSocketUrl, transport: 'direct', callId };
};

/**
 * The address of a call that goes on, signed anew: AgentCore ends a connection after an hour, not its session. Nothing
 * is written, and no ticket is given: who knows the call's resume token may go on with it.
 */
const sameAddress = async (
  { directCalls, addresses, clock }: CreateVoiceTicketDeps,
  call: Parameters<DirectCalls['find']>[0],
): Promise<Ticket> => {
  const { callId } = call;
  const found = (await directCalls.find(call)) ?? raise(callNotFound(callId));
  if (!found.isDirect) throw problem('direct-not-offered', 'The call goes on over the relay. Resume it there.');
  const { agentRuntimeArn, endpointName } = found;
  const nowMs = clock.now();
  const session = { agentRuntimeArn, endpointName, sessionId: callId };
  const webSocketUrl = await addresses.sign({ ...session, lifetimeSeconds: LIFETIME_SECONDS, nowMs });
  return { expiresAt: Math.floor(nowMs / 1000) + LIFETIME_SECONDS, webSocketUrl, transport: 'direct', callId };
};
