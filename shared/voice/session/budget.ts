import type { EndReason } from '../protocol/messages.ts';
import { spentMicroUsd } from './checkpoint.ts';
import { change, type Draft, feed, journal, tell } from './draft.ts';
import { beginEnding } from './ending.ts';
import { phrasesOf } from './phrases.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { SessionState } from './session-state.ts';

const WARN_AT = 0.8;
const STEER_AT = 0.9;

/** How much of what is nearest to its end is used up: the call's money, the tenant's day, the call's time. */
function usedShare(
  state: SessionState,
  nowMs: number,
): { readonly share: number; readonly of: 'budget' | 'time-limit' } {
  const { briefing, money, journal: record } = state;
  if (!briefing) return { share: 0, of: 'budget' };
  const { callBudgetMicroUsd, tenantDailyBudgetMicroUsd, maxCallSeconds } = briefing.limits;
  const spent = spentMicroUsd(state);
  const ofCall = spent / callBudgetMicroUsd;
  // The tenant's sum has all calls in it, this one as far as it was recorded.
  const ofDay = (money.tenantSpentMicroUsd + Math.max(0, spent - record.recordedMicroUsd)) / tenantDailyBudgetMicroUsd;
  const ofTime = (nowMs - briefing.startedAtMs) / 1000 / maxCallSeconds;
  const ofMoney = Math.max(ofCall, ofDay);
  return ofTime > ofMoney ? { share: ofTime, of: 'time-limit' } : { share: ofMoney, of: 'budget' };
}

/** Warns, then steers the talk to its end, then ends it. */
export function budgetTick(draft: Draft): void {
  const { money, briefing, client, ending } = draft.state;
  if (!briefing || (ending && !ending.isSoft)) return;
  const { share, of } = usedShare(draft.state, draft.nowMs);
  if (share >= WARN_AT && !money.warned) {
    change(draft, 'money', { warned: true });
    journal(draft, { kind: 'warning', code: of });
    tell(draft, { type: 'warning', code: of, message: WARNINGS[of] });
  }
  if (share >= STEER_AT && !money.steered && draft.state.streams.current) {
    change(draft, 'money', { steered: true });
    feed(draft, { type: 'text', role: 'note', text: STEERING });
  }
  if (share < 1) return;
  const reason: EndReason = of === 'budget' ? 'budget-exhausted' : 'time-limit';
  const phrases = phrasesOf(client.language);
  beginEnding(draft, { reason, phrase: of === 'budget' ? phrases.goodbye : phrases.timeGoodbye, isSoft: false });
}

const WARNINGS = {
  budget: 'Four fifths of the budget of this call or of this day are used up.',
  'time-limit': 'Four fifths of the longest time a call may take are over.',
} as const;

const STEERING =
  'The call must end within about a minute. Bring the talk to a close: settle what is open in short words and say goodbye.';

/** What the call costs and how fast it answers, every few seconds; money spent in a long silence is stored as well. */
export function meterTick(draft: Draft): void {
  const { money, briefing, speech, journal: record } = draft.state;
  const costMicroUsd = spentMicroUsd(draft.state);
  if (draft.nowMs - record.recordedAtMs >= SESSION_LIMITS.recordCostMs && costMicroUsd > record.recordedMicroUsd) {
    draft.checkpointDue = true;
  }
  if (!briefing || draft.nowMs - money.meteredAtMs < SESSION_LIMITS.meterMs) return;
  change(draft, 'money', { meteredAtMs: draft.nowMs });
  tell(draft, {
    type: 'meter',
    costMicroUsd,
    ...(speech.lastLatencyMs !== undefined && { answerLatencyMs: speech.lastLatencyMs }),
    elapsedSeconds: Math.max(0, Math.round((draft.nowMs - briefing.startedAtMs) / 1000)),
  });
}
