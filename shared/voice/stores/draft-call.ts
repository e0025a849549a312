import type { Agent } from '../../agents/agent.ts';
import { businessOf } from '../../agents/business-context.ts';
import type { Call, CallId } from '../../calls/call.ts';
import { NO_COST } from '../../calls/prices.ts';
import type { Identity } from '../../customers/customer.ts';
import { phoneIdentity } from '../../customers/phone-identity.ts';
import { voiceSettingsOf } from '../settings/voice-settings-of.ts';
import { hashOfToken } from './session-keys.ts';
import type { SessionTerms, VoiceSession } from './voice-session.ts';

/** What is fixed for all calls of a stage. */
export interface CallPolicy {
  readonly tenantDailyBudgetUsd: number;
  /** How long a call's record is kept. */
  readonly recordTtlDays: number;
}

export interface CallDraft {
  readonly callId: CallId;
  readonly agent: Agent;
  readonly runtime: NonNullable<Agent['runtime']>;
  readonly channel: Call['channel'];
  readonly direction: Call['direction'];
  readonly transport: Call['transport'];
  readonly nowMs: number;
  readonly contextOverride?: Readonly<Record<string, unknown>>;
  /** Wishes of `session.start`, where it has come already. */
  readonly client?: VoiceSession['client'];
  readonly clientConnectionId?: string;
  /** Key of the agent by which the call was asked for, if not with a token. */
  readonly keyId?: string;
  /** An owner that calls itself: on the direct path the client brings the token to the runtime. */
  readonly ownerToken?: string;
  /** Where the telephone provider asks what comes after the media stream. */
  readonly nextUrl?: string;
  readonly phone?: Pick<Call, 'fromNumber' | 'toNumber' | 'callSid'>;
  /** Who the tenant says will speak, under a name of its own. */
  readonly customerRef?: string;
}

const MICRO_USD = 1_000_000;
const SECONDS_PER_DAY = 86_400;

/** The rows a call begins with, in status `starting`. */
export const draftCall = (
  draft: CallDraft,
  policy: CallPolicy,
): { readonly call: Call; readonly session: VoiceSession } => {
  const recordsExpireAt = Math.floor(draft.nowMs / 1000) + policy.recordTtlDays * SECONDS_PER_DAY;
  return { call: callOf(draft, recordsExpireAt), session: sessionOf(draft, policy, recordsExpireAt) };
};

const callOf = (draft: CallDraft, expiresAt: number): Call => {
  const { agent, contextOverride } = draft;
  return {
    userId: agent.userId,
    callId: draft.callId,
    agentId: agent.agentId,
    agentVersion: agent.activeVersion ?? agent.version,
    agentName: agent.agentName,
    status: 'starting',
    channel: draft.channel,
    direction: draft.direction,
    transport: draft.transport,
    ...draft.phone,
    createdAtMs: draft.nowMs,
    turns: 0,
    interruptions: 0,
    renewals: 0,
    handOvers: 0,
    cost: NO_COST,
    ...(contextOverride === undefined ? {} : { contextOverride }),
    expiresAt,
  };
};

/** Who speaks, and for which business. Nothing but the network or the tenant tells who somebody is. */
const termsOfMemory = ({
  agent,
  phone,
  direction,
  customerRef,
}: CallDraft): Pick<SessionTerms, 'identity' | 'business' | 'live'> => {
  const number = direction === 'inbound' ? phone?.fromNumber : phone?.toNumber;
  const named: Identity | undefined = customerRef === undefined ? undefined : { kind: 'external', value: customerRef };
  const identity = phoneIdentity(number) ?? named;
  const business = businessOf(agent);
  const live = agent.liveContext;
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(business === undefined ? {} : { business }),
    ...(live === undefined ? {} : { live }),
  };
};

const sessionOf = (draft: CallDraft, policy: CallPolicy, recordsExpireAt: number): VoiceSession => {
  const { agent, runtime, ownerToken, nowMs } = draft;
  const settings = voiceSettingsOf(agent);
  const maxCallSeconds = settings.maxCallMinutes * 60;
  return {
    callId: draft.callId,
    userId: agent.userId,
    agentId: agent.agentId,
    agentName: agent.agentName,
    agentVersion: agent.activeVersion ?? agent.version,
    runtime: { agentRuntimeArn: runtime.agentRuntimeArn, endpointName: runtime.endpointName },
    channel: draft.channel,
    direction: draft.direction,
    transport: draft.transport,
    settings,
    settingsVersion: agent.revision,
    limits: {
      callBudgetMicroUsd: Math.round(settings.callBudgetUsd * MICRO_USD),
      tenantDailyBudgetMicroUsd: Math.round(policy.tenantDailyBudgetUsd * MICRO_USD),
      maxCallSeconds,
    },
    contextOverride: draft.contextOverride ?? {},
    ...termsOfMemory(draft),
    ...(draft.client === undefined ? {} : { client: draft.client }),
    ...(draft.clientConnectionId === undefined ? {} : { clientConnectionId: draft.clientConnectionId }),
    ...(draft.nextUrl === undefined ? {} : { nextUrl: draft.nextUrl }),
    ...(draft.keyId === undefined ? {} : { keyId: draft.keyId }),
    status: 'open',
    ...(ownerToken === undefined
      ? { epoch: 0 }
      : { epoch: 1, ownerTokenHash: hashOfToken(ownerToken), calledAtMs: nowMs }),
    claimedEpoch: 0,
    cause: 'start',
    leaseUntilMs: 0,
    resumeTokenHashes: [],
    recorded: 0,
    spentMicroUsd: 0,
    startedAtMs: nowMs,
    recordsExpireAt,
    // A day longer than the call can last: nothing of it is wanted then.
    expiresAt: Math.floor(nowMs / 1000) + maxCallSeconds + SECONDS_PER_DAY,
  };
};
