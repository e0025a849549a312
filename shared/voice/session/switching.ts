import { change, type Draft, journal } from './draft.ts';
import { callOffEnding } from './ending.ts';
import { askSuccessor } from './hand-over.ts';
import type { SessionEvent } from './session-events.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { Streams } from './session-state.ts';
import { dropCurrent, openFor, releaseExtraLine } from './streams.ts';
import { silence, tellSwitched, withAgent } from './take-up.ts';
import { isTurnBoundary } from './turns.ts';

/*
 * Another agent, or the same with other settings, in the middle of a call. What is wanted is looked up while the present
 * agent talks on; then a stream of the new one is opened beside its own, and takes its place when it is up: for another
 * agent at once, for new settings between turns. Whatever fails before changes nothing.
 */

/** Settings that could not be looked up are looked up again after this. */
const RETRY_MS = 5000;

type Found = Extract<SessionEvent, { type: 'agent-found' }>;

/** The caller wants to go on with this agent. The newest wish counts; one that is fulfilled already is told so again. */
export function wishAgent(draft: Draft, agentId: string): void {
  const { switching, briefing } = draft.state;
  const { wish } = switching;
  if (wish?.kind === 'switch' && wish.agentId === agentId) return;
  if (briefing?.agentId === agentId) {
    if (wish?.kind === 'switch') callOff(draft);
    tellSwitched(draft);
    draft.checkpointDue = true;
    return;
  }
  callOff(draft);
  callOffEnding(draft);
  want(draft, 'switch', agentId);
}

/** Somebody has changed how the present agent speaks. */
export function settingsChanged(draft: Draft, version: number): void {
  const { switching, briefing } = draft.state;
  if (!briefing || version <= Math.max(briefing.settingsVersion ?? 0, switching.seenSettings)) return;
  // A switch reads the newest of the other agent anyway; should it come to nothing, the next look tells this again.
  if (switching.wish) return;
  change(draft, 'switching', { seenSettings: version });
  want(draft, 'settings', briefing.agentId);
}

function want(draft: Draft, kind: 'switch' | 'settings', agentId: string): void {
  const id = draft.state.switching.lastWish + 1;
  const wish = { id, kind, agentId, status: 'waiting', atMs: draft.nowMs, found: undefined } as const;
  change(draft, 'switching', { lastWish: id, wish });
  switchTick(draft);
}

/** Nothing is wanted any more; what was prepared for it is let go. */
function callOff(draft: Draft): void {
  const { switching, streams } = draft.state;
  if (!switching.wish) return;
  change(draft, 'switching', { wish: undefined });
  if (streams.next && isForWish(streams.next.cause)) {
    draft.effects.push({ type: 'close-stream', stream: streams.next.id });
    change(draft, 'streams', { next: undefined });
  }
  if (!draft.state.streams.next) releaseExtraLine(draft);
}

const isForWish = (cause: NonNullable<Streams['next']>['cause']): boolean => cause === 'switch' || cause === 'settings';

/** Each tick: asks, opens and hands over for what is wanted, as soon as it may. */
export function switchTick(draft: Draft): void {
  const { switching, phase, handOver } = draft.state;
  const { wish } = switching;
  if (!wish || phase !== 'talking' || handOver.status !== 'none') return;
  if (wish.status === 'waiting' && draft.nowMs >= wish.atMs) {
    change(draft, 'switching', { wish: { ...wish, status: 'asked' } });
    // The version that a call began with stays with it: AgentCore keeps a session to the one it was opened on.
    const self = wish.kind === 'settings' ? draft.state.self : undefined;
    draft.effects.push({ type: 'find-agent', wish: wish.id, agentId: wish.agentId, self });
    askExtraLine(draft);
  } else if (wish.status === 'elsewhere' && isTurnBoundary(draft.state)) leaveToSuccessor(draft);
  else if (wish.status === 'found') openWished(draft);
}

function askExtraLine(draft: Draft): void {
  if (draft.state.streams.extraLine !== 'none') return;
  change(draft, 'streams', { extraLine: 'asked' });
  draft.effects.push({ type: 'take-extra-line' });
}

/** The agent is known, and ready to be spoken to. */
export function agentFound(draft: Draft, event: Found): void {
  const { setup, switching } = draft.state;
  // Also of a wish that is none any more: engines are counted as this owner has prepared them.
  const engines = [...setup.engines, ...event.engines.map((engine) => ({ ...engine, cast: event.cast }))];
  draft.state = { ...draft.state, setup: { ...setup, engines } };
  if (switching.wish?.id !== event.wish) return;
  const { terms, self, cast } = event;
  const found = { terms, self, cast, firstEngine: setup.engines.length };
  change(draft, 'switching', { wish: { ...switching.wish, status: 'found', found } });
  switchTick(draft);
}

/** Opens the new agent's stream beside the present one; without a second line in its place. */
function openWished(draft: Draft): void {
  const { switching, streams } = draft.state;
  const { wish } = switching;
  if (!wish?.found || streams.extraLine === 'asked') return;
  const isOpening = streams.next !== undefined && isForWish(streams.next.cause);
  if (isOpening || (wish.kind === 'settings' && !isTurnBoundary(draft.state))) return;
  if (streams.extraLine === 'none' && streams.current) {
    askExtraLine(draft);
    return;
  }
  // A renewal of the present agent's stream is of no use any more.
  if (streams.next) draft.effects.push({ type: 'close-stream', stream: streams.next.id });
  if (streams.extraLine === 'refused') {
    if (wish.kind === 'switch') silence(draft);
    dropCurrent(draft);
    change(draft, 'streams', { extraLine: 'none' });
  }
  openFor(draft, wish.kind, withAgent(draft.state, wish.found), wish.found.firstEngine);
}

/** It may not be spoken to: the call goes on as it is. */
export function agentRefused(draft: Draft, event: Extract<SessionEvent, { type: 'agent-refused' }>): void {
  const { wish } = draft.state.switching;
  if (wish?.id !== event.wish) return;
  if (wish.kind === 'settings' && event.retryable) {
    change(draft, 'switching', { wish: { ...wish, status: 'waiting', atMs: draft.nowMs + RETRY_MS } });
    return;
  }
  callOff(draft);
  if (wish.kind === 'switch') tellRefused(draft, event);
}

/** The new agent's stream cannot be opened: the present one talks on. */
export function wishFailed(draft: Draft): void {
  const { wish } = draft.state.switching;
  if (!wish) return;
  callOff(draft);
  if (wish.kind === 'settings') journal(draft, { kind: 'warning', code: 'settings-not-taken-up' });
  else
    tellRefused(draft, { code: 'agent-unreachable', detail: 'Its speech service cannot be reached.', retryable: true });
}

const TITLES: Readonly<Record<string, string>> = { 'agent-unreachable': 'The agent does not answer' };

function tellRefused(
  draft: Draft,
  { code, detail, retryable }: { readonly code: string; readonly detail: string; readonly retryable: boolean },
): void {
  const title = TITLES[code] ?? 'The call goes on with the agent it is with';
  const errors = [{ pointer: '/agentId', message: detail }];
  draft.effects.push({ type: 'send', message: { type: 'problem', code, title, detail, retryable, errors } });
}

/** Another process must hold the call with that agent, or with those settings. */
export function agentElsewhere(draft: Draft, event: Extract<SessionEvent, { type: 'agent-elsewhere' }>): void {
  const { switching, briefing } = draft.state;
  const { wish } = switching;
  if (wish?.id !== event.wish || !briefing) return;
  if (wish.kind === 'settings') {
    change(draft, 'switching', { wish: { ...wish, status: 'elsewhere' } });
    switchTick(draft);
    return;
  }
  callOff(draft);
  silence(draft);
  change(draft, 'switching', { agentId: wish.agentId, isNew: true });
  const { agentName } = event;
  journal(draft, { kind: 'agent-switch', fromAgentId: briefing.agentId, agentId: wish.agentId, agentName });
  dropCurrent(draft);
  leaveToSuccessor(draft);
}

function leaveToSuccessor(draft: Draft): void {
  callOff(draft);
  change(draft, 'handOver', { deadlineMs: draft.nowMs + SESSION_LIMITS.drainMs });
  askSuccessor(draft);
}
