import { toldOf } from '../../control/live-context.ts';
import { isMuted } from './control-state.ts';
import { announce, change, type Draft, journal } from './draft.ts';
import { greet } from './greeting.ts';
import type { SessionState, Switching } from './session-state.ts';
import { cutSpeech, settleSpeech } from './speech.ts';

/*
 * What changes when another agent, or other settings, take effect.
 */

type FoundAgent = NonNullable<NonNullable<Switching['wish']>['found']>;

/** The state with that agent, or those settings, in force. Pure. */
export function withAgent(state: SessionState, { terms, self, cast }: FoundAgent): SessionState {
  const { briefing, client, control, switching } = state;
  if (!briefing) return state;
  const isOther = terms.agentId !== briefing.agentId;
  const before = briefing.settings;
  const { settings } = terms;
  // A voice that the caller has chosen stays with the agent he chose it for.
  const voice = isOther || client.voice === before.voice ? settings.voice : client.voice;
  const language = isOther || client.language === before.language ? settings.language : client.language;
  const { business: _business, live: _live, ...rest } = briefing;
  return {
    ...state,
    briefing: { ...rest, ...terms },
    self,
    client: { ...client, voice, language },
    control: { ...control, live: toldOf(terms.live), contextVersion: terms.live?.version ?? 0 },
    switching: { ...switching, cast, ...(isOther && { agentId: terms.agentId, isNew: false }), wish: undefined },
  };
}

/** The new stream is up and takes its place: from here on the new agent has the call. */
export function takeUp(draft: Draft): void {
  const { switching, briefing, setup, streams } = draft.state;
  const { wish } = switching;
  if (!wish?.found || !briefing) return;
  if (wish.kind === 'switch') silence(draft);
  draft.state = withAgent(draft.state, wish.found);
  if (wish.kind === 'switch') {
    recordSwitch(draft, briefing.agentId);
    tellSwitched(draft);
    return;
  }
  const from = setup.engines[streams.engine]?.name ?? 'cascade';
  const to = setup.engines[wish.found.firstEngine]?.name ?? from;
  journal(draft, { kind: 'engine-change', from, to, reason: 'settings' });
}

/** Whatever the present agent says ends here, as if the caller had cut it off. */
export function silence(draft: Draft): void {
  cutSpeech(draft, true);
  settleSpeech(draft);
}

function recordSwitch(draft: Draft, fromAgentId: string): void {
  const { briefing } = draft.state;
  if (!briefing) return;
  journal(draft, { kind: 'agent-switch', fromAgentId, agentId: briefing.agentId, agentName: briefing.agentName });
}

/** Tells the client who has the call, once it is on record: what the client was told is not lost with its owner. */
export function tellSwitched(draft: Draft): void {
  const { briefing, self, setup, streams, client, switching } = draft.state;
  if (!briefing) return;
  const engine = setup.engines.find(({ cast }) => cast === switching.cast) ?? setup.engines[streams.engine];
  announce(draft, {
    type: 'session.agentSwitched',
    agentId: briefing.agentId,
    agentName: self?.agentName ?? briefing.agentName,
    engine: engine?.name ?? 'cascade',
    voice: client.voice,
    language: client.language,
  });
}

/** The new agent says who it is, then answers what waits. A muted one says nothing. */
export function introduce(draft: Draft): void {
  const { talk } = draft.state;
  if (isMuted(draft.state)) return;
  if (talk.unanswered) {
    change(draft, 'talk', { unanswered: { ...talk.unanswered, answerBegun: false, nudged: false }, isHeldBack: true });
  }
  greet(draft);
}
