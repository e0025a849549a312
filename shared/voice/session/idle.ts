import { isMuted } from './control-state.ts';
import { change, type Draft } from './draft.ts';
import { beginEnding } from './ending.ts';
import { phrasesOf } from './phrases.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import { isSpeaking, sayPhrase } from './speech.ts';

/** When neither side has said anything for long: asks whether the caller is there, and ends the call if he is not. */
export function idleTick(draft: Draft): void {
  const { talk, tools, streams, client, handOver, ending } = draft.state;
  const isBusy =
    isMuted(draft.state) ||
    draft.state.control.says.length > 0 ||
    talk.unanswered ||
    talk.speechSinceMs !== undefined ||
    tools.length > 0 ||
    isSpeaking(draft.state, draft.nowMs);
  if (isBusy || ending || !streams.current || client.lostAtMs !== undefined || handOver.status === 'accepted') return;
  if (draft.nowMs - talk.activeAtMs < SESSION_LIMITS.idleAskAfterMs) return;
  const phrases = phrasesOf(client.language);
  change(draft, 'talk', { activeAtMs: draft.nowMs, idleAsks: talk.idleAsks + 1 });
  if (talk.idleAsks < SESSION_LIMITS.idleAsks) sayPhrase(draft, phrases.stillThere);
  else beginEnding(draft, { reason: 'idle', phrase: phrases.idleGoodbye, isSoft: true });
}
