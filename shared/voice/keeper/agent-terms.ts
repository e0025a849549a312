import type { Agent } from '../../agents/agent.ts';
import type { AgentStore } from '../../agents/agent-store.ts';
import { refusalOf } from '../../agents/answering.ts';
import { businessOf } from '../../agents/business-context.ts';
import { AgentId, UserId } from '../../kernel/ids.ts';
import { speakingRuntime } from '../gateway/authorize-connection.ts';
import { voiceSettingsOf } from '../settings/voice-settings-of.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import { AGENT_REFUSALS, type AgentAnswer, type AgentTerms } from './call-keeper.ts';

type Agents = Pick<AgentStore, 'find'>;
type Of = Pick<VoiceSession, 'userId' | 'agentId' | 'keyId' | 'checkpoint'>;

/** What the call was opened with. */
export const termsAtOpening = (session: VoiceSession): AgentTerms => {
  const { agentId, agentName, agentVersion, runtime, settings, settingsVersion, business, live } = session;
  return {
    agentId,
    agentName,
    ...(agentVersion === undefined ? {} : { agentVersion }),
    agentRuntimeArn: runtime.agentRuntimeArn,
    endpointName: runtime.endpointName,
    settings,
    ...(settingsVersion === undefined ? {} : { settingsVersion }),
    ...(business === undefined ? {} : { business }),
    ...(live === undefined ? {} : { live }),
  };
};

/**
 * The terms of an agent of the call's tenant, as its row says now (one strongly consistent read). Another agent than the
 * one that speaks must answer calls, and the caller must not have come with a key of the first. The one that speaks is
 * asked nothing: a call that goes on is not cut off.
 */
export const agentTerms = async (agents: Agents, session: Of, wanted: string): Promise<AgentAnswer> => {
  const isPresent = wanted === presentAgent(session);
  if (session.keyId !== undefined && wanted !== session.agentId) return NOT_BY_KEY;
  const agent = await agents.find({ userId: UserId.parse(session.userId), agentId: AgentId.parse(wanted) });
  if (agent === undefined || agent.status === 'deleting') return NOT_FOUND;
  const runtime = speakingRuntime(agent);
  if (runtime === undefined) return agent.agentType === 'text' ? NO_VOICE : NOT_READY;
  const refusal = isPresent ? undefined : refusalOf(agent);
  const code = AGENT_REFUSALS.find((one) => one === refusal?.code);
  if (refusal !== undefined) return { outcome: 'refused', code: code ?? 'agent-not-ready', detail: refusal.message };
  return { outcome: 'found', terms: termsOf(agent, runtime) };
};

/** What a successor goes on with; nothing where the agent is gone meanwhile, or nobody was before. */
export const presentTerms = async (
  agents: Agents,
  session: Of & Pick<VoiceSession, 'cause'>,
): Promise<AgentTerms | undefined> => {
  if (session.cause === 'start') return undefined;
  const answer = await agentTerms(agents, session, presentAgent(session));
  return answer.outcome === 'found' ? answer.terms : undefined;
};

/** A runtime that holds its call itself writes the checkpoint: it names an agent of the tenant, and nothing else. */
const presentAgent = ({ checkpoint, agentId }: Of): string => checkpoint?.agent?.agentId ?? agentId;

const termsOf = (agent: Agent, { agentRuntimeArn, endpointName }: NonNullable<Agent['runtime']>): AgentTerms => {
  const business = businessOf(agent);
  return {
    agentId: agent.agentId,
    agentName: agent.agentName,
    agentVersion: agent.activeVersion ?? agent.version,
    agentRuntimeArn,
    endpointName,
    settings: voiceSettingsOf(agent),
    settingsVersion: agent.revision,
    ...(business === undefined ? {} : { business }),
    ...(agent.liveContext === undefined ? {} : { live: agent.liveContext }),
  };
};

const refused = (code: (typeof AGENT_REFUSALS)[number], detail: string): AgentAnswer => ({
  outcome: 'refused',
  code,
  detail,
});

const NOT_BY_KEY = refused('agent-switch-denied', 'A key is good for its own agent only.');
const NOT_FOUND = refused('agent-not-found', 'There is no such agent, or it is being deleted.');
const NO_VOICE = refused('agent-has-no-voice', 'The agent answers in text only.');
const NOT_READY = refused('agent-not-ready', 'The agent has no active version yet.');
