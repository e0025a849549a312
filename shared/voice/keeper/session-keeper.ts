import type { AgentStore } from '../../agents/agent-store.ts';
import type { CallId } from '../../calls/call.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { CallFeed } from '../../live/call-feed.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { OwnerKey, SessionStore } from '../stores/session-store.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import { agentTerms, presentTerms, termsAtOpening } from './agent-terms.ts';
import { type CallBriefing, type CallKeeper, FencedError, LEASE_MS, type OwnerClaim } from './call-keeper.ts';
import type { CallMemory } from './call-memory.ts';
import type { OwnerSummoner } from './call-owner.ts';

/** A line outlives its lease: a change of owners must not lose it to a caller who waits. */
export const LINE_MS = 2 * LEASE_MS;

export interface KeeperDeps {
  readonly sessions: SessionStore;
  readonly owners: OwnerSummoner;
  /** Who may be switched to, and how they speak now. */
  readonly agents: Pick<AgentStore, 'find'>;
  readonly clock: Clock;
  /** 32 random bytes as base64url. */
  readonly secret: () => string;
  /** Of customers; without it an owner knows nobody. */
  readonly memory?: CallMemory;
  /** To whoever watches calls; without it nobody can. */
  readonly feed?: Pick<CallFeed, 'passed'>;
}

/** The keeper of one owner, with the tables at hand. Holds what it last knew of the session; not to be shared. */
export const sessionKeeper = (deps: KeeperDeps, claim: OwnerClaim): CallKeeper => {
  const { sessions, clock } = deps;
  const owner: OwnerKey = { callId: claim.callId as CallId, epoch: claim.epoch };
  const claimId = deps.secret();
  let session: VoiceSession | undefined;
  let extraLine = false;

  const known = (): VoiceSession => {
    if (session === undefined) throw new FencedError(claim.callId);
    return session;
  };
  const spent = async () => ({
    tenantSpentMicroUsd: await sessions.spentToday(known().userId, clock.now()),
  });
  return {
    claim: async () => {
      const claimed = await claimCall(deps, claim, claimId);
      session = claimed.session;
      return claimed.briefing;
    },
    renew: async () => {
      const renewed = await renewCall(deps, owner, known(), extraLine);
      return { ...renewed, ...(await spent()) };
    },
    record: async (write) => {
      session = await sessions.record(owner, known(), { ...write, nowMs: clock.now() });
      await deps.memory?.remember(session, write.entries);
      return spent();
    },
    look: ({ agentId, ...after }) => {
      const session = known();
      return sessions.look({ ...session, agentId: agentId ?? session.agentId }, after, clock.now());
    },
    agent: (agentId) => agentTerms(deps.agents, known(), agentId),
    ...(deps.feed === undefined ? {} : { pass: passTo(deps.feed, known) }),
    takeExtraLine: async () => {
      const times = { nowMs: clock.now(), lineUntilMs: clock.now() + LINE_MS };
      extraLine = await sessions.takeExtraLine(owner, known().userId, times);
      return extraLine;
    },
    releaseExtraLine: async () => {
      extraLine = false;
      await sessions.releaseExtraLine(owner.callId);
    },
    handOver: async (checkpoint) => {
      session = await handOverCall(deps, owner, known(), checkpoint);
    },
    park: async (parting) => {
      const spentMicroUsd = Object.values(parting.checkpoint.cost).reduce((sum, part) => sum + part, 0);
      session = await sessions.park(owner, known(), { ...parting, spentMicroUsd, nowMs: clock.now() });
      await deps.memory?.complete(session);
    },
    finish: async (end) => {
      await sessions.finish(owner, known(), { ...end, nowMs: clock.now() });
      await deps.memory?.complete(known());
    },
  };
};

const passTo =
  (feed: Pick<CallFeed, 'passed'>, session: () => VoiceSession): NonNullable<CallKeeper['pass']> =>
  (passing, watchers) =>
    feed.passed(session(), passing, watchers);

/** Takes the lease; gives the session and what its owner must know. */
export const claimCall = async (
  { sessions, agents, clock, secret, memory }: KeeperDeps,
  { callId, epoch, ownerToken }: OwnerClaim,
  claimId: string,
): Promise<{ readonly session: VoiceSession; readonly briefing: CallBriefing }> => {
  const resumeToken = secret();
  const owner = { callId: callId as CallId, epoch, tokenHash: hashOfToken(ownerToken), claimId };
  const nowMs = clock.now();
  const times = { nowMs, leaseUntilMs: nowMs + LEASE_MS };
  const session = await sessions.claim({ ...owner, resumeTokenHash: hashOfToken(resumeToken) }, times);
  const [customer, terms] = await Promise.all([memory?.recall(session), presentTerms(agents, session)]);
  const briefing = { ...briefingOf(session, resumeToken), ...terms };
  return { session, briefing: { ...briefing, ...(customer === undefined ? {} : { customer }) } };
};

const briefingOf = (session: VoiceSession, resumeToken: string): CallBriefing => ({
  callId: session.callId,
  userId: session.userId,
  ...termsAtOpening(session),
  direction: session.direction,
  channel: session.channel,
  resumeToken,
  ...(session.client === undefined ? {} : { client: session.client }),
  contextOverride: session.contextOverride,
  startedAtMs: session.startedAtMs,
  checkpoint: session.checkpoint,
  cause: session.cause,
  ...(session.lastSeenAtMs === undefined ? {} : { lastSeenAtMs: session.lastSeenAtMs }),
  leaseUntilMs: session.leaseUntilMs,
  limits: session.limits,
});

/** Extends lease and lines; gives the new end of the lease, and whether the call is to end. */
export const renewCall = async (
  { sessions, clock }: KeeperDeps,
  owner: OwnerKey,
  session: Pick<VoiceSession, 'userId'>,
  extraLine: boolean,
): Promise<{ readonly leaseUntilMs: number } & Pick<VoiceSession, 'ending'>> => {
  const nowMs = clock.now();
  const until = { leaseUntilMs: nowMs + LEASE_MS, lineUntilMs: nowMs + LINE_MS, extraLine };
  return { leaseUntilMs: until.leaseUntilMs, ...(await sessions.renew(owner, session, until)) };
};

/** Writes what the successor goes on from, then calls it. A summons that fails may be repeated: it calls yet another one. */
export const handOverCall = async (
  { sessions, owners, clock, secret }: KeeperDeps,
  owner: OwnerKey,
  session: VoiceSession,
  checkpoint: NonNullable<VoiceSession['checkpoint']>,
): Promise<VoiceSession> => {
  const ownerToken = secret();
  const successor = { callId: owner.callId, epoch: session.epoch + 1 };
  const call = { ...successor, tokenHash: hashOfToken(ownerToken), cause: 'hand-over' as const };
  const next = await sessions.handOver(owner, session, { ...call, calledAtMs: clock.now(), checkpoint });
  await owners.summon({ ...successor, ownerToken });
  return next;
};
