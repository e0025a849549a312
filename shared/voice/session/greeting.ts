import { isMuted } from './control-state.ts';
import { change, type Draft, journal, tell } from './draft.ts';
import { beginEnding } from './ending.ts';
import { phrasesOf } from './phrases.ts';
import type { SessionState } from './session-state.ts';
import { sayPhrase } from './speech.ts';
import { askEngine } from './turns.ts';

/** The first stream of this owner is up: greets the caller, or goes on where the owner before was. */
export function beginCall(draft: Draft): void {
  const { briefing, talk } = draft.state;
  draft.state = { ...draft.state, phase: 'talking' };
  announce(draft);
  const isFirst = briefing?.cause === 'start' && !briefing.checkpoint;
  const isNew = draft.state.switching.isNew && !isMuted(draft.state);
  if (isFirst || isNew) greet(draft);
  if (briefing?.cause === 'takeover') bridge(draft);
  if (briefing?.cause === 'return') sayPhrase(draft, phrasesOf(draft.state.client.language).nobodyAnswered);
  startRecording(draft);
  // What is said first must not be dropped for the question that waits.
  const isSaying = isFirst || isNew || briefing?.cause === 'takeover' || briefing?.cause === 'return';
  if (talk.unanswered && isSaying) change(draft, 'talk', { isHeldBack: true });
  else if (talk.unanswered) askEngine(draft, talk.unanswered.text);
  // The owner before had decided on it; all that is left is to do it.
  if (draft.state.handoff) beginEnding(draft, { reason: 'handed-off', isSoft: false });
}

/** Never dead air: the caller hears that somebody is there again. */
function bridge(draft: Draft): void {
  tell(draft, { type: 'warning', code: 'owner-changed', message: 'The call was picked up by another process.' });
  sayPhrase(draft, phrasesOf(draft.state.client.language).bridge);
}

/**
 * A successor tells at once that it is there and asks for the caller's last words again: they come while its stream is
 * being opened. A telephone has nothing to send again.
 */
export function announceSuccessor(draft: Draft): void {
  const { briefing, setup } = draft.state;
  if (!briefing || setup.epoch === 1 || setup.transport === 'twilio') return;
  announce(draft, briefing.checkpoint?.heardSeq ?? -1);
}

/** Tells the client with whom and how it speaks; after each change of owner or connection. */
export function announce(draft: Draft, resendAfterSeq?: number): void {
  const { briefing, setup, streams, client, self } = draft.state;
  const rate = setup.outputSampleRateHertz;
  if (!briefing || (rate !== 8000 && rate !== 16_000 && rate !== 24_000)) return;
  tell(draft, {
    type: 'session.ready',
    callId: briefing.callId,
    resumeToken: briefing.resumeToken,
    engine: setup.engines[streams.engine]?.name ?? 'cascade',
    voice: client.voice,
    language: client.language,
    outputSampleRateHertz: rate,
    agentName: self?.agentName ?? briefing.agentName,
    ...(resendAfterSeq !== undefined && { resendAfterSeq }),
  });
}

/** Turn 0. A recorded phone call says so first. */
export function greet(draft: Draft): void {
  const { briefing, self, client } = draft.state;
  const phrases = phrasesOf(client.language);
  const name = self?.agentName ?? briefing?.agentName ?? '';
  const greeting = briefing?.settings.greeting ?? self?.greeting ?? phrases.greeting(name);
  sayPhrase(draft, mustTellOfRecording(draft.state) ? `${phrases.recordingNotice} ${greeting}` : greeting);
}

function startRecording(draft: Draft): void {
  if (draft.state.setup.canRecord && isRecorded(draft.state)) {
    draft.effects.push({ type: 'start-recording' });
    if (mustTellOfRecording(draft.state)) change(draft, 'client', { recordingConsent: true });
  }
}

/** Recorded is who agreed to it, and who is told so on the phone before anything else is said. */
const isRecorded = (state: SessionState): boolean =>
  state.briefing?.settings.recording.enabled === true && (state.client.recordingConsent || mustTellOfRecording(state));

const mustTellOfRecording = ({ briefing, client }: SessionState): boolean =>
  briefing?.channel === 'phone' && briefing.settings.recording.enabled && !client.recordingConsent;

/** A successor says on the record how it came by the call. */
export function recordSuccession(draft: Draft): void {
  const { briefing, setup } = draft.state;
  if (briefing?.cause === 'hand-over') journal(draft, { kind: 'hand-over', epoch: setup.epoch });
  if (briefing?.cause !== 'takeover') return;
  const gapMs = Math.max(0, draft.nowMs - (briefing.lastSeenAtMs ?? draft.nowMs));
  journal(draft, { kind: 'takeover', epoch: setup.epoch, gapMs });
}
