import { type CallPolicy, draftCall } from '../voice/stores/draft-call.ts';
import { hashOfToken } from '../voice/stores/session-keys.ts';
import type { SessionStore, TicketStore } from '../voice/stores/session-store.ts';
import type { AnswerPhoneCallDeps } from './answer-phone-call.ts';
import { demandVoice } from './speaking-agent.ts';

export interface OpenPhoneCallDependencies {
  readonly sessions: Pick<SessionStore, 'open' | 'spentToday'>;
  readonly tickets: Pick<TicketStore, 'issue'>;
  readonly policy: CallPolicy;
}

/**
 * Takes a line and writes call and session; the owner is called when the media stream shows its token. A line that no
 * stream comes for is free again at `connectUntilMs`.
 */
export const openPhoneCall =
  ({ sessions, tickets, policy }: OpenPhoneCallDependencies): AnswerPhoneCallDeps['open'] =>
  async ({
    callId,
    agent,
    direction,
    callSid,
    fromNumber,
    toNumber,
    contextOverride,
    streamToken,
    nextUrl,
    ...times
  }) => {
    const { runtime } = demandVoice(agent);
    const { nowMs, connectUntilMs } = times;
    const phone = { callSid, fromNumber, toNumber };
    const parties = { callId, agent, runtime, direction, phone, contextOverride, nowMs };
    const draft = draftCall({ ...parties, nextUrl, channel: 'phone', transport: 'twilio' }, policy);
    const { userId, limits } = draft.session;
    if ((await sessions.spentToday(userId, nowMs)) >= limits.tenantDailyBudgetMicroUsd) return 'spent';
    // An outbound call has its row since it was placed.
    const rows = direction === 'outbound' ? { session: draft.session } : draft;
    const opened = await sessions.open({ ...rows, lineUntilMs: connectUntilMs, nowMs, mayWait: false });
    if (!opened.opened) return 'busy';
    await tickets.issue(hashOfToken(streamToken), { kind: 'phone', callId }, connectUntilMs);
    return 'opened';
  };
