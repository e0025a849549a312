import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { CallStore } from '../../calls/call-store.ts';
import type { CallFeed, Passing } from '../../live/call-feed.ts';
import { directObstacle } from '../settings/direct-obstacle.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import { agentTerms } from './agent-terms.ts';
import { type AgentAnswer, FencedError } from './call-keeper.ts';
import { type KeepCallAnswer, KeepCallRequest, type KeepCallResults } from './keep-call-requests.ts';
import { isRecorded, type RecordingUploads, recordingAddress } from './recording-address.ts';
import { claimCall, handOverCall, type KeeperDeps, LINE_MS, renewCall } from './session-keeper.ts';

export interface KeepCallDeps extends KeeperDeps {
  readonly uploads: RecordingUploads;
  readonly calls: Pick<CallStore, 'addRecording'>;
  /** To whoever watches calls; without it nobody can. */
  readonly telling?: { readonly feed: Pick<CallFeed, 'passed'>; readonly settle: () => Promise<void> };
}

/**
 * Keeps calls for owners that reach no table: an agent's own runtime on the direct path. Whoever may invoke the
 * function is trusted with nothing: each request proves by its owner token that it is the owner of that call and
 * epoch, so an agent gone wrong can touch its own calls only.
 */
export const keepCall =
  (deps: KeepCallDeps) =>
  async (event: unknown): Promise<KeepCallAnswer> => {
    const parsed = KeepCallRequest.safeParse(event);
    if (!parsed.success) return { outcome: 'invalid', detail: z.prettifyError(parsed.error) };
    try {
      return { outcome: 'done', result: await answer(deps, parsed.data) };
    } catch (error) {
      if (error instanceof FencedError) return { outcome: 'fenced' };
      throw error;
    }
  };

const answer = async (
  deps: KeepCallDeps,
  request: KeepCallRequest,
): Promise<KeepCallResults[keyof KeepCallResults]> => {
  if (request.method === 'claim') {
    const { briefing } = await claimCall(deps, request, request.claimId);
    return briefing;
  }
  return inCharge(deps, request, await ownedSession(deps, request));
};

/** The session, if the request comes from who has claimed it. */
const ownedSession = async ({ sessions }: KeeperDeps, request: KeepCallRequest): Promise<VoiceSession> => {
  const session = await sessions.find(request.callId);
  if (session?.claimedEpoch !== request.epoch || !isSame(session.claimedTokenHash, hashOfToken(request.ownerToken))) {
    throw new FencedError(request.callId);
  }
  return session;
};

/** In time that does not depend on where the two differ. */
const isSame = (known: string | undefined, given: string): boolean =>
  known !== undefined && known.length === given.length && timingSafeEqual(Buffer.from(known), Buffer.from(given));

/** A runtime runs its own agent only, and is told of no other; nor of settings that it cannot carry out. */
const withinRuntime = (answer: AgentAnswer, { agentId }: VoiceSession): AgentAnswer => {
  if (answer.outcome !== 'found') return answer;
  const { terms } = answer;
  const isOwn = terms.agentId === agentId && directObstacle(terms.settings) === undefined;
  return isOwn ? answer : { outcome: 'elsewhere', agentName: terms.agentName };
};

const inCharge = async (
  deps: KeepCallDeps,
  request: Exclude<KeepCallRequest, { method: 'claim' }>,
  session: VoiceSession,
): Promise<KeepCallResults[keyof KeepCallResults]> => {
  const { sessions, clock } = deps;
  const nowMs = clock.now();
  const spent = async () => ({ tenantSpentMicroUsd: await sessions.spentToday(session.userId, nowMs) });
  switch (request.method) {
    case 'renew': {
      const renewed = await renewCall(deps, request, session, request.extraLine);
      return { ...renewed, ...(await spent()) };
    }
    case 'record':
      await sessions.record(request, session, { ...request, nowMs });
      await deps.memory?.remember(session, request.entries);
      return spent();
    case 'look': {
      const { afterCommand, afterContext } = request;
      const known = { afterCommand, ...(afterContext === undefined ? {} : { afterContext }) };
      return sessions.look(session, known, nowMs);
    }
    case 'agent':
      return withinRuntime(await agentTerms(deps.agents, session, request.agentId), session);
    case 'pass':
      await deps.telling?.feed.passed(session, request.passing as readonly Passing[]);
      await deps.telling?.settle();
      return null;
    case 'takeExtraLine':
      return sessions.takeExtraLine(request, session.userId, { nowMs, lineUntilMs: nowMs + LINE_MS });
    case 'releaseExtraLine':
      await sessions.releaseExtraLine(request.callId);
      return null;
    case 'recordingAddress':
      return recordingAddress(deps.uploads, session, request.bytes);
    case 'recordingKept':
      if (isRecorded(session)) await deps.calls.addRecording(session, request.epoch);
      return null;
    case 'handOver':
      await handOverCall(deps, request, session, request.checkpoint);
      return null;
    case 'finish':
      await sessions.finish(request, session, { ...request, nowMs });
      await deps.memory?.complete(session);
      return null;
  }
};
